#include "base/read_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/shortage.h"
#include "base/unique_fd.h"

namespace demo {
namespace {

ErrorCode code_of(int error_number) {
  if (error_number == ENOENT || error_number == ENOTDIR) return ErrorCode::kNotFound;
  if (error_number == EACCES || error_number == EPERM) return ErrorCode::kPermissionDenied;
  return is_shortage(error_number) ? ErrorCode::kResourceExhausted : ErrorCode::kInvalidArgument;
}

}  // namespace

boost::system::result<std::string, int> read_all(int fd, std::size_t most) {
  std::string bytes;
  std::array<char, 16 * 1024> block;
  for (;;) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(got));
    if (bytes.size() > most) return EFBIG;
  }
}

Result<std::string> read_file(const std::string& path, std::size_t most) {
  const auto failed = [&](ErrorCode code, const std::string& why) {
    return Error{code, fmt::format("cannot read {}: {}", path, why), "", path};
  };
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return failed(code_of(errno), errno_text(errno));
  if (S_ISDIR(status.st_mode)) return failed(ErrorCode::kInvalidArgument, errno_text(EISDIR));
  if (!S_ISREG(status.st_mode)) return failed(ErrorCode::kInvalidArgument, "it is no regular file");
  auto bytes = read_all(fd.get(), most);
  if (!bytes && bytes.error() == EFBIG) {
    return failed(ErrorCode::kInvalidArgument, fmt::format("it may have at most {} bytes", most));
  }
  if (!bytes) return failed(code_of(bytes.error()), errno_text(bytes.error()));
  return std::move(*bytes);
}

}  // namespace demo
