#include "supervisor/snapshot_source.h"

#include <fmt/format.h>

#include <optional>
#include <random>
#include <utility>

#include "base/clock.h"
#include "supervisor/snapshot/snapshot_builder.h"

namespace demo {
namespace {

// Nobody who does not get our requests can know it, and no two daemons have the same.
std::string make_loop_name() {
  std::random_device random;
  return fmt::format("demo-server-{:08x}{:08x}", random(), random());
}

}  // namespace

SnapshotSource::SnapshotSource(const Parts& parts, std::function<void()> on_changed)
    : parts_(parts), on_changed_(std::move(on_changed)), loop_name_(make_loop_name()) {}

void SnapshotSource::changed() {
  outdate();
  on_changed_();
}

void SnapshotSource::outdate() {
  ++version_;
  stale_ = true;
}

std::optional<BoundListener> SnapshotSource::facts_of(const SocketGroup* group,
                                                      const Listener& listener) const {
  const auto slot = parts_.places.find(listener);
  if (group == nullptr || !slot) return std::nullopt;
  return BoundListener{*slot, group->bound(), group->mode()};
}

SnapshotFacts SnapshotSource::facts() const {
  SnapshotFacts facts;
  facts.generation = parts_.running.generation;
  facts.loop_name = loop_name_;
  facts.listener = [this](const Listener& listener) {
    return facts_of(parts_.sockets.find(listener), listener);
  };
  for (const SocketGroup* const group : parts_.sockets.leaving()) {
    if (const auto known = facts_of(group, group->listener())) {
      facts.leaving.emplace_back(group->listener(), *known);
    }
  }
  facts.members = [this](const Pool& pool, const Backend& backend) {
    std::vector<ResolvedAddress> members = parts_.members.facts(pool, backend);
    std::erase_if(members, [this](const ResolvedAddress& m) { return parts_.loops.contains(m.slot); });
    return members;
  };
  return facts;
}

bool SnapshotSource::rebuild() {
  if (!std::exchange(stale_, false)) return false;
  const auto bound = [this](const Listener& listener) -> std::optional<Address> {
    const SocketGroup* const group = parts_.sockets.find(listener);
    return group == nullptr ? std::nullopt : std::optional<Address>(group->bound());
  };
  parts_.loops.find(parts_.running.config, bound, parts_.members);
  Snapshot next = build_snapshot(parts_.running.config, facts());
  rises_.note(next, monotonic_ns());
  if (!snapshot_ || !(*snapshot_ == next)) snapshot_ = std::make_shared<const Snapshot>(std::move(next));
  parts_.quota.set_limits(shared_limits(*snapshot_));
  return true;
}

}  // namespace demo
