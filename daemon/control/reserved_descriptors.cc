#include "control/reserved_descriptors.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

namespace demo {
namespace {

UniqueFd accept_one(int socket) {
  return UniqueFd(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

}  // namespace

void set_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max - std::min<rlim_t>(kControlDescriptors, limit.rlim_max / 4);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

UniqueFd accept_with_reserve(int socket, unsigned kept) {
  UniqueFd connection = accept_one(socket);
  if (connection || errno != EMFILE) return connection;
  // What one reads as the limit must not be what another has raised.
  static std::mutex raising;
  const std::lock_guard lock(raising);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return connection;
  const rlimit raised{std::min<rlim_t>(limit.rlim_cur + kept, limit.rlim_max), limit.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &raised);
  connection = accept_one(socket);
  const int error = errno;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  errno = error;
  return connection;
}

}  // namespace demo
