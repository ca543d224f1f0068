#include "watch/stats_watch.h"

#include <chrono>

#include "figures/rates.h"
#include "watch/silence.h"

namespace demo::ctl {
namespace {

// How long the loop sleeps at most before it looks at keys and signals.
constexpr std::chrono::milliseconds kTick{100};

}  // namespace

void watch_stats(SampleSource& source, SignalWatch& signals, const WatchPlan& plan) {
  std::unique_ptr<IntervalView> view;
  std::optional<api::StatsSample> before;
  api::StatsSample sample;
  std::uint64_t shown = 0;
  bool lost = false;
  Silence silence(source.interval());
  while (!signals.ended()) {
    switch (source.next(sample, kTick)) {
      case SampleSource::Next::kEnded:
        return;
      case SampleSource::Next::kNothing:
        if (const auto time = silence.news(std::chrono::steady_clock::now()); time) view->silent(*time);
        break;
      case SampleSource::Next::kLost:
        lost = true;
        silence.on_loss();
        before.reset();  // a new daemon counts anew
        view->lost(source.name());
        break;
      case SampleSource::Next::kSample: {
        if (view == nullptr) view = plan.open_view();
        if (lost) view->found(source.name());
        lost = false;
        silence.on_sample(std::chrono::steady_clock::now());
        if (plan.recording != nullptr) plan.recording->add(sample);
        const Rates rates = rates_between(before ? *before : sample, sample);
        view->show({sample, rates, !before});
        if (before || plan.counters) ++shown;
        if (plan.count && shown >= *plan.count) return;
        before = sample;
        break;
      }
    }
    if (view != nullptr && !view->tick(signals.take_suspend())) return;
  }
}

}  // namespace demo::ctl
