#include "failing_send.h"

#include <dlfcn.h>
#include <sys/socket.h>

#include <cerrno>

namespace demo {

std::atomic<int> send_error = 0;
std::atomic<unsigned> sends_failed = 0;

}  // namespace demo

extern "C" ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  using Function = ssize_t(int, const msghdr*, int);
  static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "sendmsg"));
  const int error = demo::send_error;
  if (error == 0) return real(fd, message, flags);
  ++demo::sends_failed;
  errno = error;
  return -1;
}
