#include "worker/turn_recorder.h"

#include <ctime>

namespace demo {
namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;

}  // namespace

void TurnRecorder::on_wake(unsigned events, std::uint64_t now_ns) {
  WorkerStats& stats = stats_;
  stats.heartbeat_ns.set(now_ns);
  stats.polls.add();
  if (events == 0) {
    stats.polls_empty.add();
  } else {
    stats.events.add(events);
    stats.events_last.set(events);
    // Less than one event means that there is no least number yet.
    if (events - 1 < stats.events_min.get() - 1) stats.events_min.set(events);
    if (events > stats.events_max.get()) stats.events_max.set(events);
  }
  if (now_ns >= next_cpu_ns_) record_cpu(now_ns);
}

void TurnRecorder::record_cpu(std::uint64_t now_ns) {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  const std::uint64_t used_ns =
      static_cast<std::uint64_t>(used.tv_sec) * kSecondNs + static_cast<std::uint64_t>(used.tv_nsec);
  stats_.cpu_ns.add(used_ns - cpu_recorded_ns_);
  cpu_recorded_ns_ = used_ns;
  next_cpu_ns_ = now_ns + kSecondNs;
}

}  // namespace demo
