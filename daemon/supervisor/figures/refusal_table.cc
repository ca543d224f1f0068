#include "supervisor/figures/refusal_table.h"

#include <set>
#include <utility>

namespace demo {

void RefusalTable::look(std::uint64_t now_ns, const Snapshot& snapshot, const Source& source) {
  std::set<std::uint32_t> members;
  for (const SnapshotPool& pool : snapshot.pools) {
    for (const SnapshotMember& member : pool.members) {
      members.insert(member.slot);
      const BackendFigures figures = source.backend(member.slot);
      Place& place = backends_[member.slot];
      place.full.feed(now_ns, figures.queue_full);
      place.timeouts.feed(now_ns, figures.queue_timeouts);
    }
  }
  std::set<std::uint32_t> listeners;
  for (const SnapshotListener& listener : snapshot.listeners) {
    if (listener.leaving) continue;
    listeners.insert(listener.slot);
    loops_[listener.slot].feed(now_ns, source.loops(listener.slot));
  }
  for (auto& [slot, place] : backends_) {
    if (members.contains(slot)) continue;
    place.full.pause();
    place.timeouts.pause();
  }
  for (auto& [slot, loops] : loops_) {
    if (!listeners.contains(slot)) loops.pause();
  }
  accept_errors_.feed(now_ns, source.accept_errors());
  // Another limit is another matter.
  if (std::exchange(limit_, snapshot.max_connections) != snapshot.max_connections) {
    waits_ = {};
    waiting_looks_ = 0;
  }
  if (source.clients_wait()) ++waiting_looks_;
  waits_.feed(now_ns, waiting_looks_);
}

QueueRefusals RefusalTable::of_backend(std::uint32_t slot) const {
  const auto found = backends_.find(slot);
  if (found == backends_.end()) return {};
  return {found->second.full.get(), found->second.timeouts.get()};
}

std::uint64_t RefusalTable::loops_of(std::uint32_t slot) const {
  const auto found = loops_.find(slot);
  return found == loops_.end() ? 0 : found->second.get();
}

}  // namespace demo
