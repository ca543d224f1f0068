#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/linked_list.h"
#include "config/snapshot.h"
#include "event/slab.h"
#include "net/connection_taker.h"
#include "proxy/http_proxy.h"
#include "proxy/tcp_session.h"

namespace demo {

// The tcp mode of one worker: takes client connections and relays their bytes to the pools that it shares
// with the HTTP proxy, which outlives it. Owns its sessions.
class TcpProxy final : public ConnectionTaker {
 public:
  explicit TcpProxy(HttpProxy& proxy);
  ~TcpProxy() override;
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  // Ends what is left at a drain's deadline; before it nothing is, since nobody knows where a message of it
  // ends. Returns how many client connections that were.
  std::uint64_t cut();
  std::size_t connections() const { return sessions_.live(); }

  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t served) override;
  bool wants_peer() const override { return proxy_.wants_peer(); }

  // For the sessions.
  Loop& loop() { return proxy_.loop(); }
  WorkerStats& stats() { return proxy_.stats(); }
  RelaySpace& space() { return proxy_.space(); }
  void retire(TcpSession& session) { sessions_.retire(session); }

 private:
  HttpProxy& proxy_;
  Slab<TcpSession> sessions_;
  LinkedList<TcpSession> all_;
};

}  // namespace demo
