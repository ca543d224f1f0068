#include "proxy/tcp_proxy.h"

#include <utility>

namespace demo {

TcpProxy::TcpProxy(HttpProxy& proxy) : proxy_(proxy), sessions_(proxy.loop()) {}

TcpProxy::~TcpProxy() {
  while (!all_.empty()) all_.front().end(false);
}

std::uint64_t TcpProxy::cut() {
  std::uint64_t ended = 0;
  for (; !all_.empty(); ++ended) all_.front().cut();
  return ended;
}

void TcpProxy::take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
                    std::uint32_t) {
  TcpSession& session = sessions_.create(*this, std::move(client), listener, peer);
  all_.push_front(session);
  session.start(proxy_.pool_of(listener), received);
}

}  // namespace demo
