#include "supervisor/snapshot/snapshot_builder.h"

#include <set>

#include "config/auto_mode.h"

namespace demo {
namespace {

SnapshotMember build_member(const Backend& backend, const ResolvedAddress& known) {
  const bool usable = known.up && !known.cut && backend.state == BackendState::kReady;
  return {backend, {known.slot, usable, known.cut, 0, known.address}};
}

SnapshotPool build_pool(const Pool& from, const SnapshotFacts& facts) {
  SnapshotPool pool{from, {}};
  pool.backends.clear();
  for (const Backend& backend : from.backends) {
    for (const ResolvedAddress& known : facts.members(from, backend)) {
      pool.members.push_back(build_member(backend, known));
    }
  }
  return pool;
}

SnapshotListener build_listener(const Listener& from, const BoundListener& known, bool leaving) {
  SnapshotListener listener{from, {known.slot, leaving}};
  listener.address = known.bound;
  listener.mode = mode_in_force(from);
  listener.auto_forwards = false;
  listener.accept_mode = known.accept_mode;
  return listener;
}

}  // namespace

Snapshot build_snapshot(const Config& config, const SnapshotFacts& facts) {
  Snapshot snapshot{config, facts.generation, facts.loop_name, {}, {}};
  std::set<std::uint32_t> slots;
  for (const Listener& from : config.listeners) {
    const auto known = facts.listener(from);
    if (!known) continue;
    slots.insert(known->slot);
    snapshot.listeners.push_back(build_listener(from, *known, false));
  }
  for (const auto& [from, known] : facts.leaving) {
    if (slots.insert(known.slot).second) snapshot.listeners.push_back(build_listener(from, known, true));
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
