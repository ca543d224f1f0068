#include "net/memory_file.h"

#include <sys/mman.h>

#include <cerrno>

#include "base/whole_io.h"

namespace demo {

Result<UniqueFd> make_memory_file(const char* name, std::string_view bytes) {
  UniqueFd fd(::memfd_create(name, MFD_CLOEXEC));
  if (!fd) return Error{ErrorCode::kResourceExhausted, "memfd_create: " + errno_text(errno), "", ""};
  if (!write_all(fd.get(), bytes)) {
    return Error{ErrorCode::kResourceExhausted, "write to memory: " + errno_text(errno), "", ""};
  }
  return fd;
}

}  // namespace demo
