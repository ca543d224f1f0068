#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/whole_io.h"
#include "channel/sealed_memory.h"

namespace demo {
namespace {

constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
// Beyond every snapshot that validated limits allow; a larger one is refused.
constexpr off_t kMemorySizeBytes = 64 * 1024 * 1024;

Error exhausted(std::string_view call) {
  return {ErrorCode::kResourceExhausted, fmt::format("snapshot memory: {}: {}", call, errno_text(errno)), "",
          ""};
}

}  // namespace

Result<UniqueFd> write_sealed_memory(std::string_view bytes) {
  UniqueFd fd(::memfd_create("demo-snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return exhausted("memfd_create");
  if (!write_all(fd.get(), bytes)) return exhausted("write");
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) return exhausted("seal");
  return fd;
}

Result<std::string> read_sealed_memory(int fd) {
  const int seals = ::fcntl(fd, F_GET_SEALS);
  struct stat status {};
  if (seals < 0 || (seals & kSeals) != kSeals || ::fstat(fd, &status) != 0) {
    return invalid("", "", "channel: the snapshot is not in sealed memory");
  }
  if (status.st_size > kMemorySizeBytes) return invalid("", "", "channel: the snapshot is too large");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  // The descriptor's offset, which is shared with the sender's, stays as it is.
  if (!read_all_at(fd, bytes.data(), bytes.size(), 0)) {
    return invalid("", "", "channel: the snapshot cannot be read");
  }
  return bytes;
}

}  // namespace demo
