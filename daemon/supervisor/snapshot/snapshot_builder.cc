#include "supervisor/snapshot/snapshot_builder.h"

#include "config/auto_mode.h"

namespace demo {
namespace {

SnapshotMember build_member(const Pool& pool, const Backend& backend, const MemberFacts& facts) {
  SnapshotMember member;
  member.slot = facts.slot;
  member.address = facts.address;
  member.name = backend.endpoint.text;
  member.weight = backend.weight;
  member.max_connections = backend.max_connections;
  member.backup = backend.backup;
  member.usable = facts.up && !facts.cut && backend.state == BackendState::kReady;
  member.cut = facts.cut;
  member.slow_start = pool.slow_start;
  return member;
}

SnapshotPool build_pool(const Pool& from, const SnapshotFacts& facts) {
  SnapshotPool pool;
  pool.name = from.name;
  pool.policy = from.policy;
  pool.ejection = from.ejection;
  pool.send_proxy_protocol = from.send_proxy_protocol;
  pool.timeouts = from.timeouts;
  pool.queue_limit = from.queue_limit;
  pool.abort_on_close = from.abort_on_close;
  for (const Backend& backend : from.backends) {
    for (const MemberFacts& member : facts.members(from, backend)) {
      pool.members.push_back(build_member(from, backend, member));
    }
  }
  return pool;
}

SnapshotListener build_listener(const Listener& from, const ListenerFacts& known) {
  SnapshotListener listener;
  listener.slot = known.slot;
  listener.address = known.bound;
  listener.mode = mode_in_force(from);
  listener.accept_mode = known.accept_mode;
  listener.pool = from.pool;
  listener.accept_proxy_protocol = from.accept_proxy_protocol;
  listener.nodelay = from.kernel.nodelay;
  listener.quickack = from.kernel.quickack.value_or(false);
  return listener;
}

}  // namespace

Snapshot build_snapshot(const Config& config, const SnapshotFacts& facts) {
  Snapshot snapshot;
  snapshot.generation = facts.generation;
  snapshot.log_level = config.log_level;
  snapshot.client_keepalive = config.client_keepalive;
  snapshot.backend_keepalive = config.backend_keepalive;
  snapshot.client_timeouts = config.client_timeouts;
  snapshot.forwarding = config.forwarding;
  snapshot.response = config.response;
  snapshot.max_connections = config.max_connections;
  snapshot.workers = facts.workers;
  snapshot.loop_name = facts.loop_name;
  for (const Listener& from : config.listeners) {
    if (const auto known = facts.listener(from)) snapshot.listeners.push_back(build_listener(from, *known));
  }
  for (const auto& [from, known] : facts.leaving) {
    const bool there = std::any_of(snapshot.listeners.begin(), snapshot.listeners.end(),
                                   [slot = known.slot](const auto& other) { return other.slot == slot; });
    if (there) continue;
    snapshot.listeners.push_back(build_listener(from, known));
    snapshot.listeners.back().leaving = true;
  }
  for (const Pool& pool : config.pools) snapshot.pools.push_back(build_pool(pool, facts));
  return snapshot;
}

QuotaKeeper::Limits shared_limits(const Snapshot& snapshot) {
  QuotaKeeper::Limits limits{};
  for (const SnapshotPool& pool : snapshot.pools) {
    for (const SnapshotMember& member : pool.members) limits[member.slot] = member.max_connections;
  }
  limits[kClientGate] = snapshot.max_connections;
  return limits;
}

}  // namespace demo
