#include "proxy/connections/dialled.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace demo {

Dialled dial(const Address& address) {
  Dialled dialled;
  dialled.fd = UniqueFd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!dialled.fd) {
    dialled.error_number = errno;
    return dialled;
  }
  const int one = 1;
  if (!address.is_unix()) ::setsockopt(dialled.fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  dialled.connected = ::connect(dialled.fd.get(), address.sockaddr_ptr(), address.sockaddr_size()) == 0;
  if (!dialled.connected && errno != EINPROGRESS) dialled.error_number = errno;
  return dialled;
}

}  // namespace demo
