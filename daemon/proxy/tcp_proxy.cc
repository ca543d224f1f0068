#include "proxy/tcp_proxy.h"

#include <utility>

namespace demo {

TcpProxy::TcpProxy(HttpProxy& proxy) : proxy_(proxy), sessions_(proxy.loop()) {}

TcpProxy::~TcpProxy() {
  while (first_ != nullptr) first_->end(false);
}

std::uint64_t TcpProxy::cut() {
  std::uint64_t ended = 0;
  for (; first_ != nullptr; ++ended) first_->cut();
  return ended;
}

void TcpProxy::take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
                    std::uint32_t) {
  TcpSession& session = sessions_.create(*this, std::move(client), listener, peer);
  session.next_ = std::exchange(first_, &session);
  if (session.next_ != nullptr) session.next_->previous_ = &session;
  session.start(proxy_.pool_of(listener), received);
}

void TcpProxy::retire(TcpSession& session) {
  (session.previous_ != nullptr ? session.previous_->next_ : first_) = session.next_;
  if (session.next_ != nullptr) session.next_->previous_ = session.previous_;
  sessions_.retire(session);
}

}  // namespace demo
