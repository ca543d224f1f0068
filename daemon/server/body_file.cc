#include "server/body_file.h"

#include <sys/mman.h>

#include <cerrno>

namespace demo {

std::string body_pattern(std::size_t size) {
  constexpr std::size_t kLineBytes = 64;
  std::string pattern(size, '\n');
  for (std::size_t i = 0; i < size; ++i) {
    if (i % kLineBytes != kLineBytes - 1) pattern[i] = static_cast<char>('0' + i % kLineBytes);
  }
  return pattern;
}

Result<BodyFile> BodyFile::with_bytes(std::string_view bytes) {
  UniqueFd fd(::memfd_create("demo-response-body", MFD_CLOEXEC));
  if (!fd) return Error{ErrorCode::kResourceExhausted, "memfd_create: " + errno_text(errno), "", ""};
  for (std::size_t written = 0; written < bytes.size();) {
    const ssize_t n = ::write(fd.get(), bytes.data() + written, bytes.size() - written);
    if (n < 0)
      return Error{ErrorCode::kResourceExhausted, "response body: write: " + errno_text(errno), "", ""};
    written += static_cast<std::size_t>(n);
  }
  return BodyFile(std::move(fd), bytes.size());
}

}  // namespace demo
