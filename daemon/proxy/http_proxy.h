#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/linked_list.h"
#include "config/snapshot.h"
#include "event/loop.h"
#include "event/slab.h"
#include "event/yielding_watch.h"
#include "net/connection_taker.h"
#include "net/lingering_close.h"
#include "net/listener_handle.h"
#include "proxy/client_session.h"
#include "proxy/connections/pool_environment.h"
#include "proxy/exchange/exchange.h"
#include "proxy/exchange/head_desk.h"
#include "proxy/pool/backend_pool.h"
#include "proxy/relay/relay_space.h"
#include "proxy/settings/proxy_settings.h"
#include "stats/stats_page.h"

namespace demo {

// The proxy mode of one worker: takes client connections and forwards their requests to the pools. Owns the
// sessions and their exchanges, and the pools with their backend connections.
class HttpProxy final : public ConnectionTaker, public Reclaimer {
 public:
  // What is borrowed outlives it. own: this worker's page.
  HttpProxy(Loop& loop, BufferPool& buffers, LingeringClose& lingering, StatsPage& own, unsigned worker,
            ProxyOutlook outlook);
  ~HttpProxy() override;
  HttpProxy(const HttpProxy&) = delete;
  HttpProxy& operator=(const HttpProxy&) = delete;

  // Takes over a generation: settings, pools, members. Call it after the listener handles were brought up to
  // date: idle connections of removed listeners close now.
  void apply(const Snapshot& snapshot);

  // No connection is kept from now on: idle ones close, responses say close.
  void drain();
  // Ends what is left at the drain's deadline. Returns how many client connections that were.
  std::uint64_t cut();
  // Client connections.
  std::size_t connections() const { return sessions_.live(); }

  void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
            std::uint32_t served) override;
  bool wants_peer() const override { return wants_peer_; }

  // Something changed in the limits that the workers keep together.
  void hear_others();

  // Another worker found out that the address answers unasked: no connection to it is kept for this time.
  void distrust(const Address& address, std::chrono::nanoseconds time);
  // The worker before this one has ejected a backend address, for the time that the notice says.
  void keep_out(const MemberNotice& ejection);
  // How long this worker itself keeps no connection to who answered unasked.
  void distrust_for(std::chrono::nanoseconds time) { pool_environment_.distrust = time; }

  // For the sessions, and the TCP proxy beside this one.
  Loop& loop() { return loop_; }
  WorkerStats& stats() { return stats_.worker; }
  const ProxySettings& settings() const { return settings_; }
  RelaySpace& space() { return space_; }
  HeadDesk& desk() { return desk_; }
  LingeringClose& lingering() { return lingering_; }
  // Null when there is no such pool.
  BackendPool* pool_of(const ListenerHandle& listener);
  Exchange& create_exchange(const ClientEnd& client, ExchangeOwner& owner) {
    return exchanges_.create(loop_, stats_, settings_, space_, desk_, client, owner);
  }
  void retire(Exchange& exchange) { exchanges_.retire(exchange); }
  void retire(ClientSession& session) { sessions_.retire(session); }

  // After each turn of the loop, once there has been a pool: serves the pools' queues.
  void reclaim() override {
    if (pool_environment_.queues_due || !leaving_.empty()) tidy_pools();
  }

 private:
  // Brings the next turn about, at whose end the pools are looked after.
  struct NextTurn final : YieldingWatch {
    NextTurn() : YieldingWatch([](Watch&, std::uint32_t) {}) {}
  };

  void settle_sessions();
  void settle_slots(const Snapshot& snapshot);
  void tidy_pools();
  BackendPool* find_pool(std::string_view name);

  Loop& loop_;
  LingeringClose& lingering_;
  StatsPage& stats_;
  ProxySettings settings_;
  RelaySpace space_;
  HeadDesk desk_;
  PoolEnvironment pool_environment_;
  Slab<ClientSession> sessions_;
  Slab<Exchange> exchanges_;
  LinkedList<ClientSession> all_;
  NextTurn next_turn_;
  bool tidies_ = false;      // pools are looked after
  bool wants_peer_ = false;  // some setting goes by the client's address
  std::vector<std::unique_ptr<BackendPool>> pools_;
  std::vector<std::unique_ptr<BackendPool>> leaving_;            // gone, with exchanges in flight
  std::array<BackendPool*, limits::kListeners> pool_of_slot_{};  // not owned; by listener
};

}  // namespace demo
