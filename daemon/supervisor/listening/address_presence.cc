#include "supervisor/listening/address_presence.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/unique_fd.h"
#include "supervisor/listening/listener_socket.h"
#include "supervisor/listening/socket_options.h"

namespace demo {
namespace {

bool is_always_there(const Address& address) {
  if (address.family() == AF_INET) {
    const auto host = ntohl(reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr())->sin_addr.s_addr);
    return host == INADDR_ANY || host >> 24 == IN_LOOPBACKNET;
  }
  const auto* const in6 = reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr());
  return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr) || IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

bool needs_no_look(const Listener& listener) {
  return listener.address.is_unix() ||
         (listener.kernel.interface.empty() && is_always_there(listener.address));
}

}  // namespace

Status check_presence(const Listener& listener) {
  if (needs_no_look(listener)) return {};
  const UniqueFd fd(::socket(listener.address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  // Short of descriptors: nothing was learnt.
  if (!fd) return {};
  std::vector<SocketOptionReport> unused;
  if (auto applied = apply_socket_options(fd.get(), listener, unused); !applied) {
    return applied.error().code == ErrorCode::kResourceExhausted ? Status() : applied;
  }
  Address any_port = listener.address;
  any_port.set_port(0);
  if (!any_port.look_up_zone()) return listen_error(listener.address, ENODEV);
  if (::bind(fd.get(), any_port.sockaddr_ptr(), any_port.sockaddr_size()) != 0 && errno == EADDRNOTAVAIL) {
    return listen_error(listener.address, EADDRNOTAVAIL);
  }
  return {};
}

Status PresenceLook::check(const Listener& listener) {
  if (needs_no_look(listener)) return {};
  const Address& address = listener.address;
  const std::string place =
      fmt::format("{}%{}%{}", address.host(), address.zone(), listener.kernel.interface);
  if (present_.contains(place)) return {};
  auto there = check_presence(listener);
  if (there) present_.insert(place);
  return there;
}

}  // namespace demo
