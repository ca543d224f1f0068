#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/snapshot.h"
#include "event/slab.h"
#include "net/connection_taker.h"
#include "proxy/proxy_room.h"
#include "proxy/tcp_session.h"

namespace demo {

// The tcp mode of one worker: takes client connections and relays their bytes to the pools that it shares
// with the proxy room. Owns its sessions. The proxy room outlives it.
class TcpRoom final : public ConnectionTaker {
 public:
  explicit TcpRoom(ProxyRoom& proxy);
  ~TcpRoom() override;
  TcpRoom(const TcpRoom&) = delete;
  TcpRoom& operator=(const TcpRoom&) = delete;

  // Ends what is left at a drain's deadline; before it nothing is, since nobody knows where a message of it
  // ends. Returns how many client connections that were.
  std::uint64_t cut();
  std::size_t connections() const { return sessions_.live(); }

  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t served) override;
  bool wants_peer() const override { return proxy_.wants_peer(); }

  // For the sessions.
  Workbench& bench() { return proxy_.bench(); }
  void retire(TcpSession& session);

 private:
  ProxyRoom& proxy_;
  Slab<TcpSession> sessions_;
  TcpSession* first_ = nullptr;  // not owned; list of all
};

}  // namespace demo
