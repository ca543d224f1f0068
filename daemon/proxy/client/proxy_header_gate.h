#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/linked_list.h"
#include "event/loop.h"
#include "event/slab.h"
#include "event/timer_wheel.h"
#include "event/watch.h"
#include "net/buffer_pool.h"
#include "net/connection_taker.h"
#include "net/listener_handle.h"
#include "proxy/settings/proxy_settings.h"
#include "stats/stats_page.h"

namespace demo {

class ProxyHeaderGate;

// One connection whose PROXY header has not come completely. In a worker's ProxyHeaderGate.
class GateSession final : public Watch, public Timer, public ListLink<> {
 public:
  GateSession(ProxyHeaderGate& gate, UniqueFd fd, ListenerHandle& listener);

 private:
  friend class Watch;
  friend class Timer;
  friend class ProxyHeaderGate;

  void on_ready(std::uint32_t) { read(); }
  // How long the whole header may take.
  std::chrono::milliseconds patience() const;
  void close_when_silent();
  void on_timeout();
  // Destroys the session when the header is complete or invalid.
  void read();
  void pass_on(std::string_view bytes);
  void close();

  ProxyHeaderGate& gate_;
  ListenerHandle& listener_;
  Buffer received_;
  bool registered_ = false;
  UniqueFd fd_;
};

// Where connections of listeners that accept the PROXY protocol enter: reads the header, then passes the
// connection to the listener's taker with the address that the header named. Owns its sessions. One a worker.
class ProxyHeaderGate final : public ConnectionTaker {
 public:
  // What is borrowed outlives it. settings: of the HTTP proxy.
  ProxyHeaderGate(Loop& loop, BufferPool& buffers, WorkerStats& stats, const ProxySettings& settings);
  ~ProxyHeaderGate() override;
  ProxyHeaderGate(const ProxyHeaderGate&) = delete;
  ProxyHeaderGate& operator=(const ProxyHeaderGate&) = delete;

  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t served) override;

  // No connection is kept from now on, or the listener is gone: who has sent nothing yet closes after a
  // moment's grace for a header that may be under way. Call drain() once the settings say so.
  void drain();
  void leave(const ListenerHandles& listeners);
  // Ends what is left. Returns how many client connections that were.
  std::uint64_t cut();
  std::size_t connections() const { return sessions_.live(); }

 private:
  friend class GateSession;
  void retire(GateSession& session) { sessions_.retire(session); }

  Loop& loop_;
  BufferPool& buffers_;
  WorkerStats& stats_;
  const ProxySettings& settings_;
  Slab<GateSession> sessions_;
  LinkedList<GateSession> all_;
};

}  // namespace demo
