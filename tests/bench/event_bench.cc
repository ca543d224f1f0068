#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>

#include "event/timer_wheel.h"
#include "stats/histogram.h"

// What every request adds: a recorded time and a time-out that moves.

namespace demo {
namespace {

void record_in_histogram(benchmark::State& state) {
  const auto histogram = std::make_unique<Histogram>();
  std::uint64_t value = 1;
  for (auto _ : state) {
    histogram->record(value);
    value = value * 2862933555777941757U + 3037000493U;
    value >>= 20;
  }
  benchmark::DoNotOptimize(histogram->count_at(0));
}

class Alarm final : public Timer {
 public:
  Alarm() : Timer(call<Alarm>) {}
  void on_timeout() {}
};

void rearm_timer(benchmark::State& state) {
  const auto wheel = std::make_unique<TimerWheel>();
  std::uint64_t now_ns = 1;
  wheel->advance(now_ns);
  Alarm alarm;
  for (auto _ : state) {
    wheel->set_now(now_ns += 1000);
    wheel->arm(alarm, std::chrono::seconds(60));
  }
}

void advance_idle_wheel(benchmark::State& state) {
  const auto wheel = std::make_unique<TimerWheel>();
  std::uint64_t now_ns = 1;
  wheel->advance(now_ns);
  Alarm alarm;
  wheel->arm(alarm, std::chrono::hours(24));
  for (auto _ : state) wheel->advance(now_ns += 1000);
}

BENCHMARK(record_in_histogram);
BENCHMARK(rearm_timer);
BENCHMARK(advance_idle_wheel);

}  // namespace
}  // namespace demo
