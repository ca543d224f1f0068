#include "supervisor/figures/refusal_table.h"

#include <utility>

#include "base/grown.h"

namespace demo {

void RefusalTable::look(std::uint64_t now_ns, const Snapshot& snapshot, const Source& source) {
  ++looks_;
  for (const SnapshotPool& pool : snapshot.pools) {
    for (const SnapshotMember& member : pool.members) {
      const BackendFigures figures = source.backend(member.slot);
      BackendPlace& place = grown(backends_, member.slot);
      place.looks = looks_;
      place.full.feed(now_ns, figures.queue_full);
      place.timeouts.feed(now_ns, figures.queue_timeouts);
    }
  }
  for (const SnapshotListener& listener : snapshot.listeners) {
    if (listener.leaving) continue;
    ListenerPlace& place = grown(listeners_, listener.slot);
    place.looks = looks_;
    place.loops.feed(now_ns, source.loops(listener.slot));
  }
  for (BackendPlace& place : backends_) {
    if (place.looks == looks_ || place.looks == 0) continue;
    place.full.pause();
    place.timeouts.pause();
  }
  for (ListenerPlace& place : listeners_) {
    if (place.looks != looks_ && place.looks != 0) place.loops.pause();
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

void RefusalTable::forget_backend(std::uint32_t slot) {
  if (slot < backends_.size()) backends_[slot] = {};
}

void RefusalTable::forget_listener(std::uint32_t slot) {
  if (slot < listeners_.size()) listeners_[slot] = {};
}

QueueRefusals RefusalTable::of_backend(std::uint32_t slot) const {
  if (slot >= backends_.size()) return {};
  return {backends_[slot].full.get(), backends_[slot].timeouts.get()};
}

std::uint64_t RefusalTable::loops_of(std::uint32_t slot) const {
  return slot < listeners_.size() ? listeners_[slot].loops.get() : 0;
}

}  // namespace demo
