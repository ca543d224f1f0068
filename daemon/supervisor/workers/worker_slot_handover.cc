// What a slot does when one supervisor, or version of it, follows another.
#include <utility>

#include "base/clock.h"
#include "supervisor/workers/worker_slot.h"

namespace demo {

Status WorkerSlot::adopt(WorkerProcess::Heirloom heirloom, bool leaving) {
  // One without a channel leaves by itself.
  leaving |= !heirloom.channel;
  role_ = leaving ? SlotRole::kLeaving : SlotRole::kPredecessor;
  const WorkerStats& page = stats_.page(page_).worker;
  forced_before_ = page.forced_closes.get();
  acked_generation_ = page.generation.get();
  auto process = WorkerProcess::adopt(loop_, std::move(heirloom), *this);
  if (!process) {
    if (process.error().code != ErrorCode::kNotFound) return process.error();
    clear_up();
    return {};
  }
  process_ = std::move(*process);
  settings_.pids->add(process_->pid());
  enter(WorkerEvent::kSpawned);
  enter(leaving ? WorkerEvent::kDrainRequested : WorkerEvent::kAcknowledged);
  if (!leaving) return {};
  // That it drains may have been on its way only when the supervisor died.
  process_->end_channel();
  wait_for_drain();
  return {};
}

void WorkerSlot::pass_ejections(const std::vector<HeldNotice>& held) {
  const std::uint64_t now_ns = monotonic_ns();
  for (const HeldNotice& notice : held) {
    if (notice.notice.news != BackendNews::kEjected) continue;
    notices_.expect(notice);
    (void)pass(notice, now_ns);
  }
}

std::vector<BackendNotice> WorkerSlot::inherited_ejections() {
  const std::uint64_t now_ns = monotonic_ns();
  std::vector<BackendNotice> ejections;
  for (const HeldNotice& held : inherited_) {
    if (held.notice.news != BackendNews::kEjected || held.until_ns() <= now_ns) continue;
    notices_.expect(held);
    ejections.push_back(held.left_at(now_ns));
  }
  return ejections;
}

// Where the message does not arrive in time the deadline is that of any drain, or there is none.
void WorkerSlot::grant_patience(bool granted) {
  if (!process_ || process_->adopted() || state_ == WorkerState::kDraining) return;
  patient_ = granted;
  if (auto sent = process_->send(Patience{granted}); !sent) patient_ = false;
}

// Its process hears nothing any more: it is killed where it has not left by then.
void WorkerSlot::end_patience() {
  if (!std::exchange(patient_, false) || state_ != WorkerState::kDraining) return;
  kill_timer_.start(settings_.drain_timeout);
}

}  // namespace demo
