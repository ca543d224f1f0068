#pragma once

#include <gtest/gtest.h>

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
#include "proxy/client/proxy_header_gate.h"
#include "proxy/http_proxy.h"
#include "proxy/tcp_proxy.h"
#include "quota/quota.h"
#include "quota/quota_keeper.h"
#include "stats/stats_page.h"
#include "test_peer.h"
#include "unit/quota/shared_area.h"

namespace demo::test {

// An HTTP proxy on a real loop in a thread of its own, between clients and backends that the test plays over
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
  // One failure ejects from now on, and the last one too.
  void forgive_nothing();

  // A client whose connection the listener's taker (or its gate) has taken; it sent this before.
  TestPeer connect(std::string_view first = {});
  // The listener relays bytes from now on.
  void use_tcp_mode();
  // Connections of the listener begin with a PROXY header from now on.
  void use_gate();
  // Runs in the loop's thread, between turns, and waits for it.
  void in_loop(const std::function<void()>& what);
  // Waits until the condition holds, looked at in the loop's thread; false after ten seconds.
  bool eventually(const std::function<bool()>& condition);

  // The limits, as the supervisor keeps them, and who else may hold some of them.
  QuotaKeeper& quota_keeper() { return quota_keeper_; }
  HttpProxy& http() { return *http_; }
  TcpProxy& tcp() { return *tcp_; }
  BufferPool& buffers() { return buffers_; }
  ListenerHandle& listener() { return *listener_; }
  StatsPage& stats() { return *stats_; }
  BackendStats& backend_stats(std::uint32_t slot = 0) { return stats_->backends[slot]; }
  std::vector<std::string> notices();

 private:
  class Postbox;

  QuotaKeeper quota_keeper_{QuotaArea::create(1).value()};
  QuotaArea quota_area_ = shared_area(quota_keeper_.area());
  Quota quota_{quota_area_, 0};
  std::unique_ptr<StatsPage> stats_ = std::make_unique<StatsPage>();
  std::unique_ptr<Loop> loop_ = std::move(*Loop::open());
  BufferPool buffers_{loop_->housekeeping()};
  ConnectionBudget budget_{1'000'000};
  std::unique_ptr<LingeringClose> lingering_;
  std::vector<std::string> notices_;
  std::unique_ptr<HttpProxy> http_;
  std::unique_ptr<TcpProxy> tcp_;
  std::unique_ptr<ProxyHeaderGate> gate_;
  std::unique_ptr<ListenerHandle> listener_;
  TestBackend front_;
  std::unique_ptr<Postbox> postbox_;
  std::thread thread_;
};

// A proxy with one backend.
class WithBackend : public testing::Test {
 protected:
  WithBackend() {
    proxy.add_backend(backend.address());
    proxy.apply();
  }
  // A client that has sent this, and the backend's end of the connection that it came out of.
  struct Pair {
    TestPeer client;
    TestPeer served;
  };
  Pair send(std::string_view request);
  // The same, with the head taken from the backend's end.
  Pair send_head(std::string_view request);
  // Everything that a client gets for a request to a backend that answers with this and closes, until the
  // end.
  std::string answer(std::string_view response, std::string_view request);
  // Whether all of them end, sooner or later.
  bool backend_connections_end();
  bool client_connections_end();

  ProxyHarness proxy;
  TestBackend backend;
};

inline constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
inline constexpr std::string_view kPost = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";

// "HTTP/1.1 200 OK" with a body by length.
std::string ok_response(std::string_view body);

}  // namespace demo::test
