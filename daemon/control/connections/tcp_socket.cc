#include "control/connections/tcp_socket.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/bound_address.h"
#include "base/limits.h"
#include "base/shortage.h"

namespace demo {
namespace {

Error refused(const Address& address, int error) {
  const std::string text = address.to_string();
  return {is_shortage(error) ? ErrorCode::kResourceExhausted : ErrorCode::kFailedPrecondition,
          fmt::format("control address {}: cannot listen there: {}", text, errno_text(error)), "control-tcp",
          text};
}

}  // namespace

Result<TcpSocket> open_tcp_socket(const Address& address, UniqueFd kept) {
  if (kept) {
    const auto bound = bound_address(kept.get());
    Address wanted = address;
    if (bound && wanted.port() == 0) wanted.set_port(bound->port());
    if (bound == wanted) return TcpSocket{std::move(kept), bound->port()};
    kept.reset();  // it may be in the way
  }
  TcpSocket socket;
  socket.fd.reset(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.fd) return refused(address, errno);
  const int on = 1;
  // The accepted ones inherit TCP_NODELAY: an answer does not wait for the acknowledgement of the one before.
  if (::setsockopt(socket.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::setsockopt(socket.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      ::bind(socket.fd.get(), address.sockaddr_ptr(), address.sockaddr_size()) != 0 ||
      ::listen(socket.fd.get(), limits::kBacklog) != 0) {
    return refused(address, errno);
  }
  const auto bound = bound_address(socket.fd.get());
  if (!bound) return refused(address, errno);
  socket.port = bound->port();
  return socket;
}

}  // namespace demo
