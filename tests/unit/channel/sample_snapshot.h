#pragma once

#include "config/snapshot.h"

namespace demo {

// A snapshot in which every field has a value of its own, none of them the default.
inline Snapshot sample_snapshot() {
  using std::chrono::milliseconds;
  Snapshot snapshot;
  snapshot.generation = 42;
  snapshot.log_level = LogLevel::kDebug;
  snapshot.client_keepalive = {true, milliseconds(15'001), 1001};
  snapshot.backend_keepalive = {false, milliseconds(3002)};
  snapshot.client_timeouts = {milliseconds(11), milliseconds(12), milliseconds(13), milliseconds(14)};
  snapshot.forwarding = {true, true, true};
  snapshot.response = {503,  "text/html", std::string("a\0\xff", 3), 20'000, {{"X-A", "b"}, {"X-C", "\xe9"}},
                       false};
  snapshot.max_connections = 77;
  snapshot.workers = 3;
  snapshot.loop_name = "demo-server-7";
  SnapshotListener listener;
  listener.slot = 249;
  listener.address = *Address::parse("[::1]:8080");
  listener.mode = ListenerMode::kRaw;
  listener.accept_mode = AcceptMode::kReuseportCpu;
  listener.pool = "p";
  listener.accept_proxy_protocol = true;
  listener.nodelay = false;
  listener.quickack = true;
  listener.leaving = true;
  snapshot.listeners.push_back(listener);
  listener.slot = 0;
  listener.address = *Address::parse("unix:/run/x.sock");
  snapshot.listeners.push_back(listener);
  SnapshotPool pool;
  pool.name = "p";
  pool.policy = BalancePolicy::kUriHash;
  pool.ejection = {7, milliseconds(21), milliseconds(22), true, "500-502"};
  pool.send_proxy_protocol = SendProxyProtocol::kV2;
  pool.timeouts = {milliseconds(31), milliseconds(32), milliseconds(33), milliseconds(34), milliseconds(35)};
  pool.queue_limit = 9;
  pool.abort_on_close = false;
  SnapshotMember member;
  member.slot = 1023;
  member.address = *Address::parse("10.0.0.3:80");
  member.name = "backend:80";
  member.weight = 5;
  member.max_connections = 6;
  member.backup = true;
  member.usable = false;
  member.slow_start = milliseconds(41);
  member.cut = true;
  pool.members.push_back(member);
  snapshot.pools.push_back(pool);
  return snapshot;
}

}  // namespace demo
