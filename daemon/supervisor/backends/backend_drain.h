#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/watched_time.h"
#include "supervisor/backends/backend_drains.h"
#include "supervisor/loop/loop_timer.h"

namespace demo {

// What takes a backend out of its drain.
inline std::string state_changed_to(BackendState state) {
  return fmt::format("its state was changed to {}", to_string(state));
}

// One drain and how far it has come; BackendDrains carries it out.
struct BackendDrains::Drain {
  Drain(boost::asio::io_context& loop, DrainOrder given, DrainAnswer answered, std::function<void()> on_timer)
      : order(std::move(given)), ended(std::move(answered)), timer(loop, std::move(on_timer)) {}

  enum class Step : std::uint8_t {
    kWatched,   // waits for the timer, and what is in flight
    kRemoving,  // its removal is in the change queue
    kRetrying,  // its removal failed, and waits for the timer
  };

  DrainOrder order;
  DrainAnswer ended;
  DrainProgress progress;
  ChangeOutcome begun;
  WatchedTime watched;         // since it began
  LoopTimer timer;             // to the next look, or until the removal is tried again
  std::uint64_t reported = 0;  // requests in flight that the last event told
  unsigned looks = 0;
  Step step = Step::kWatched;
  std::uint64_t generation = 0;           // the latest that is known of; used as the steps follow each other
  std::chrono::milliseconds retry{1000};  // before a removal that failed is tried once more
  BackendStanding at_first;
  std::optional<BackendState> before;  // the state that the backend has for the next start, until its removal
  bool gone = false;                   // a change took the backend away
  std::string taken_back;              // what took it back, one clause; empty: nothing did
  // The same for its removal, which reads it where changes are made.
  const std::shared_ptr<std::atomic<bool>> is_taken_back = std::make_shared<std::atomic<bool>>(false);
  bool vanished = false;        // another change took the backend away: progress is that of the look before
  bool cut_by_another = false;  // a removal that cuts off what is left is under way

  void answer(const Result<ChangeOutcome>& outcome) {
    if (const DrainAnswer done = std::exchange(ended, nullptr)) done(outcome, progress);
  }

  void begin(const BackendStanding& now) {
    at_first = now;
    progress.at_start = progress.remaining = reported = now.figures.requests_active;
  }

  // What is in flight now, and what became of the rest.
  void observe(const BackendStanding& now) {
    generation = std::max(generation, now.generation);
    vanished = (gone || !now.there) && progress.remaining > 0;
    if (gone || vanished) return;
    // A backend that was removed and added meanwhile begins to count anew.
    const auto since = [](std::uint64_t then, std::uint64_t total) {
      return total > then ? total - then : 0;
    };
    progress.remaining = now.figures.requests_active;
    progress.lost = std::min(since(at_first.figures.lost, now.figures.lost), progress.at_start);
    count_cut(since(at_first.figures.forced_closes, now.figures.forced_closes));
  }
  void count_cut(std::uint64_t requests) {
    progress.forced = std::min(requests, progress.at_start - progress.lost);
  }

  // found: the backend in a configuration that came in force; null: it is not there.
  void compare(const Backend* found) {
    if (!taken_back.empty()) return;
    if (found == nullptr) {
      gone = true;
    } else if (found->state != BackendState::kDrain) {
      taken_back = state_changed_to(found->state);
    } else if (gone) {
      taken_back = "it was removed and added anew";
    }
    *is_taken_back = !taken_back.empty();
  }
};

}  // namespace demo
