#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/log.h"
#include "config/listener.h"
#include "config/pool.h"
#include "config/traffic.h"

namespace demo {

// A listener as a worker sees it. Its sockets travel beside the snapshot, in the same order.
struct SnapshotListener {
  std::uint32_t slot = 0;  // index into the listener part of the stats page; stable while the listener lives
  Address address;         // as bound: port 0 is already replaced
  ListenerMode mode = ListenerMode::kServer;        // never kAuto: the supervisor decides
  AcceptMode accept_mode = AcceptMode::kReuseport;  // kShared and kExclusive: the socket is every worker's
  std::string pool;
  bool accept_proxy_protocol = false;
  bool nodelay = true;
  bool quickack = false;
  bool leaving = false;  // removed: who had reached its sockets gets one answer
  bool operator==(const SnapshotListener&) const = default;
};

// One resolved address of a backend.
struct SnapshotMember {
  std::uint32_t slot = 0;  // index into the backend part of the stats page; stable while the member lives
  Address address;
  std::string name;  // the backend's endpoint text, for messages
  unsigned weight = 1;
  unsigned max_connections = 0;  // of all workers together; 0: no limit
  bool backup = false;
  bool usable = true;  // false: drain, maintenance, or down by active checks: no new request
  bool cut = false;    // a drain deadline passed: what is in flight here is ended, counted in forced_closes
  std::chrono::milliseconds slow_start{0};  // ramp to apply from the moment the member turns usable
  bool operator==(const SnapshotMember&) const = default;
};

struct SnapshotPool {
  std::string name;
  BalancePolicy policy = BalancePolicy::kRoundRobin;
  Ejection ejection;
  SendProxyProtocol send_proxy_protocol = SendProxyProtocol::kOff;
  PoolTimeouts timeouts;
  unsigned queue_limit = 0;
  bool abort_on_close = true;
  std::vector<SnapshotMember> members;
  bool operator==(const SnapshotPool&) const = default;
};

// One immutable generation of everything a worker needs. Made by the supervisor, applied whole by each
// worker.
struct Snapshot {
  std::uint64_t generation = 0;
  LogLevel log_level = LogLevel::kInfo;
  ClientKeepalive client_keepalive;
  BackendKeepalive backend_keepalive;
  ClientTimeouts client_timeouts;
  Forwarding forwarding;
  Response response;
  std::uint64_t max_connections = 0;  // of clients, of all workers together; 0: no limit
  unsigned workers = 1;               // how many share the load; a worker's index is told at exec
  // This daemon in CDN-Loop fields (RFC 8586): a token, the same in all its workers, another in each daemon.
  // Empty: heads are forwarded without the field.
  std::string loop_name;
  std::vector<SnapshotListener> listeners;
  std::vector<SnapshotPool> pools;
  bool operator==(const Snapshot&) const = default;
};

}  // namespace demo
