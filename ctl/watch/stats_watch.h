#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "watch/interval_view.h"
#include "watch/sample_source.h"
#include "watch/signal_watch.h"

namespace demo::ctl {

struct WatchPlan {
  std::function<std::unique_ptr<IntervalView>()> open_view;  // once the first sample is there
  Recording* recording = nullptr;                            // not owned; null: nothing is kept
  bool counters = false;                                     // the first sample is an interval of its own
  std::optional<std::uint64_t> count;                        // intervals to show; unset: no end
};

// Shows samples until the source or the plan ends, a signal comes or the user asks for it. Throws what the
// source throws.
void watch_stats(SampleSource& source, SignalWatch& signals, const WatchPlan& plan);

}  // namespace demo::ctl
