#include "failing_accept.h"

#include <dlfcn.h>
#include <sys/socket.h>

#include <cerrno>

namespace demo {

std::atomic<unsigned> accepts_to_forbid = 0;
std::atomic<unsigned> accepts_forbidden = 0;

}  // namespace demo

extern "C" int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  using Function = int(int, sockaddr*, socklen_t*, int);
  static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "accept4"));
  if (demo::accepts_to_forbid == 0) return real(fd, address, size, flags);
  --demo::accepts_to_forbid;
  ++demo::accepts_forbidden;
  errno = EPERM;
  return -1;
}
