#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "event/loop.h"
#include "net/buffer_pool.h"
#include "net/connection_budget.h"
#include "net/lingering_close.h"
#include "net/listener_handle.h"
#include "proxy/proxy_room.h"
#include "stats/stats_page.h"
#include "test_peer.h"

namespace demo::test {

// A proxy room on a real loop in a thread of its own, between clients and backends that the test plays over
// loopback.
class ProxyHarness {
 public:
  ProxyHarness();
  ~ProxyHarness();

  // The generation in force; edit it, then apply().
  Snapshot snapshot;
  SnapshotPool& pool() { return snapshot.pools[0]; }
  // Adds a member to the pool; returns its slot.
  std::uint32_t add_backend(const Address& address);
  void apply();

  // A client whose connection the room has taken.
  TestPeer connect();
  // Runs in the loop's thread, between turns, and waits for it.
  void in_loop(const std::function<void()>& what);
  // Waits until the condition holds, looked at in the loop's thread; false after ten seconds.
  bool eventually(const std::function<bool()>& condition);

  ProxyRoom& room() { return *room_; }
  BufferPool& buffers() { return buffers_; }
  ListenerHandle& listener() { return *listener_; }
  StatsPage& stats() { return *stats_; }
  BackendStats& backend_stats(std::uint32_t slot = 0) { return stats_->backends[slot]; }
  std::vector<std::string> notices();

 private:
  class Postbox;

  std::unique_ptr<StatsPage> stats_ = std::make_unique<StatsPage>();
  std::unique_ptr<Loop> loop_;
  BufferPool buffers_;
  ConnectionBudget budget_{1'000'000};
  std::unique_ptr<LingeringClose> lingering_;
  std::vector<std::string> notices_;
  std::unique_ptr<ProxyRoom> room_;
  std::unique_ptr<ListenerHandle> listener_;
  TestBackend front_;
  std::unique_ptr<Postbox> postbox_;
  std::thread thread_;
};

// "HTTP/1.1 200 OK" with a body by length.
std::string ok_response(std::string_view body);

}  // namespace demo::test
