#include "net/memory_file.h"

#include <sys/mman.h>

#include <cerrno>

namespace demo {

Result<UniqueFd> make_memory_file(const char* name, std::string_view bytes) {
  UniqueFd fd(::memfd_create(name, MFD_CLOEXEC));
  if (!fd) return Error{ErrorCode::kResourceExhausted, "memfd_create: " + errno_text(errno), "", ""};
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return Error{ErrorCode::kResourceExhausted, "write to memory: " + errno_text(errno), "", ""};
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return fd;
}

}  // namespace demo
