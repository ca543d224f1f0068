#include "base/diagnosis_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>

namespace demo {
namespace {

template <typename Value>
std::optional<Value> option_of(int fd, int option) {
  Value value{};
  socklen_t size = sizeof value;
  if (::getsockopt(fd, SOL_SOCKET, option, &value, &size) != 0) return std::nullopt;
  return value;
}

// Kernels before 5.14 do not tell: then it is taken for so.
bool is_of_this_network(int fd) {
  const UniqueFd own(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto network = option_of<std::uint64_t>(own.get(), SO_NETNS_COOKIE);
  return !network || option_of<std::uint64_t>(fd, SO_NETNS_COOKIE) == network;
}

}  // namespace

UniqueFd open_diagnosis_socket() {
  return UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
}

bool is_diagnosis_socket(int fd) {
  return option_of<int>(fd, SO_DOMAIN) == AF_NETLINK &&
         option_of<int>(fd, SO_PROTOCOL) == NETLINK_SOCK_DIAG && is_of_this_network(fd);
}

}  // namespace demo
