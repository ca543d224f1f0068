#include "control/connections/reserved_descriptors.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

namespace demo {
namespace {

// What one reads as the limit must not be what another has raised.
std::mutex raising;

UniqueFd accept_one(int socket) {
  return UniqueFd(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

std::pair<UniqueFd, UniqueFd> make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return {};
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// What make() leaves in errno stays there.
template <typename Make>
void with_reserve(unsigned kept, Make make) {
  const std::lock_guard lock(raising);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlimit raised{std::min<rlim_t>(limit.rlim_cur + kept, limit.rlim_max), limit.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &raised);
  make();
  const int error = errno;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  errno = error;
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
  if (!connection && errno == EMFILE) with_reserve(kept, [&] { connection = accept_one(socket); });
  return connection;
}

std::pair<UniqueFd, UniqueFd> pair_with_reserve(unsigned kept) {
  std::pair<UniqueFd, UniqueFd> pair = make_pair();
  if (!pair.first && errno == EMFILE) with_reserve(kept, [&] { pair = make_pair(); });
  return pair;
}

}  // namespace demo
