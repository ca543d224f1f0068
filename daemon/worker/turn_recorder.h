#pragma once

#include <cstdint>

#include "event/loop.h"
#include "stats/stats_page.h"

namespace demo {

// Writes what a worker's loop does into its statistics: turns, events, the heartbeat and, once a second, CPU
// time.
class TurnRecorder final : public TurnObserver {
 public:
  explicit TurnRecorder(WorkerStats& stats) : stats_(stats) {}
  void on_wake(unsigned events, std::uint64_t now_ns) override;

 private:
  // Once a second: as a part of on_wake() it would cost every turn.
  [[gnu::noinline]] void record_cpu(std::uint64_t now_ns);

  WorkerStats& stats_;
  std::uint64_t next_cpu_ns_ = 0;
  std::uint64_t cpu_recorded_ns_ = 0;  // of this process, already in the counter
};

}  // namespace demo
