#include "control/connections/visit.h"

#include <utility>

#include "base/clock.h"

namespace demo {

std::shared_ptr<const void> Visit::begin(const std::shared_ptr<Visit>& visit, Work work) {
  visit->count(work, 1);
  return {visit.get(), [visit, work](const void*) { visit->count(work, -1); }};
}

void Visit::count(Work work, std::ptrdiff_t by) {
  const std::lock_guard lock(mutex_);
  under_way_[static_cast<std::size_t>(work)] += by;
  since_ns_ = monotonic_ns();
}

std::optional<Visit::Rest> Visit::rest() const {
  const std::lock_guard lock(mutex_);
  if (under_way_[static_cast<std::size_t>(Work::kCall)] > 0) return std::nullopt;
  return Rest{under_way_[static_cast<std::size_t>(Work::kStream)] > 0, since_ns_};
}

void Visit::end() {
  std::function<void()> call;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    call = std::exchange(on_end_, nullptr);
  }
  if (call) call();
}

bool Visit::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void Visit::on_end(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      on_end_ = std::move(call);
      return;
    }
  }
  call();
}

}  // namespace demo
