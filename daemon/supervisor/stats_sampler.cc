#include "supervisor/stats_sampler.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace demo {
namespace {

// One figure of a sample and the counter that it copies.
template <typename Figures, typename Stats>
struct Pairing {
  std::uint64_t Figures::*figure;
  Counter Stats::*counter;
};

using WF = WorkerFigures;
using WS = WorkerStats;
constexpr Pairing<WF, WS> kWorkerPairs[] = {
    {&WF::connections_open, &WS::connections_open},
    {&WF::backend_connections_open, &WS::backend_connections_open},
    {&WF::backend_connections_idle, &WS::backend_connections_idle},
    {&WF::connections_accepted, &WS::connections_accepted},
    {&WF::connections_closed, &WS::connections_closed},
    {&WF::requests, &WS::requests},
    {&WF::responses_1xx, &WS::responses_1xx},
    {&WF::responses_2xx, &WS::responses_2xx},
    {&WF::responses_3xx, &WS::responses_3xx},
    {&WF::responses_4xx, &WS::responses_4xx},
    {&WF::responses_5xx, &WS::responses_5xx},
    {&WF::bytes_in, &WS::bytes_in},
    {&WF::bytes_out, &WS::bytes_out},
    {&WF::accept_errors, &WS::accept_errors},
    {&WF::accept_paused, &WS::accept_paused},
    {&WF::read_errors, &WS::read_errors},
    {&WF::write_errors, &WS::write_errors},
    {&WF::protocol_errors, &WS::protocol_errors},
    {&WF::timeouts, &WS::timeouts},
    {&WF::forced_closes, &WS::forced_closes},
    {&WF::polls, &WS::polls},
    {&WF::polls_empty, &WS::polls_empty},
    {&WF::events, &WS::events},
    {&WF::events_last, &WS::events_last},
    {&WF::events_min, &WS::events_min},
    {&WF::events_max, &WS::events_max},
    {&WF::cpu_ns, &WS::cpu_ns},
    {&WF::generation, &WS::generation},
    {&WF::draining, &WS::draining},
};

using LF = ListenerFigures;
using LS = ListenerStats;
constexpr Pairing<LF, LS> kListenerPairs[] = {
    {&LF::connections_accepted, &LS::connections_accepted},
    {&LF::requests, &LS::requests},
    {&LF::bytes_in, &LS::bytes_in},
    {&LF::bytes_out, &LS::bytes_out},
};
constexpr Pairing<LF, LS> kListenerGauges[] = {{&LF::connections_open, &LS::connections_open}};

using BF = BackendFigures;
using BS = BackendStats;
constexpr Pairing<BF, BS> kBackendPairs[] = {
    {&BF::requests, &BS::requests},
    {&BF::responses_2xx, &BS::responses_2xx},
    {&BF::responses_3xx, &BS::responses_3xx},
    {&BF::responses_4xx, &BS::responses_4xx},
    {&BF::responses_5xx, &BS::responses_5xx},
    {&BF::bytes_in, &BS::bytes_in},
    {&BF::bytes_out, &BS::bytes_out},
    {&BF::connects, &BS::connects},
    {&BF::connect_errors, &BS::connect_errors},
    {&BF::retries, &BS::retries},
    {&BF::response_errors, &BS::response_errors},
    {&BF::connect_timeouts, &BS::connect_timeouts},
    {&BF::head_timeouts, &BS::head_timeouts},
    {&BF::body_timeouts, &BS::body_timeouts},
    {&BF::connect_shortages, &BS::connect_shortages},
    {&BF::queue_full, &BS::queue_full},
    {&BF::queue_timeouts, &BS::queue_timeouts},
    {&BF::tunnel_timeouts, &BS::tunnel_timeouts},
    {&BF::ejections, &BS::ejections},
    {&BF::forced_closes, &BS::forced_closes},
};
constexpr Pairing<BF, BS> kBackendGauges[] = {
    {&BF::connections_open, &BS::connections_open},
    {&BF::requests_active, &BS::requests_active},
    {&BF::queued, &BS::queued},
    {&BF::ejected, &BS::ejected},
};

template <typename Figures, typename Stats, std::size_t count>
void add(Figures& to, const Stats& from, const Pairing<Figures, Stats> (&pairs)[count]) {
  for (const auto& pair : pairs) to.*pair.figure += (from.*pair.counter).get();
}

template <typename Figures, typename Stats, std::size_t count>
void subtract(Figures& from, const Figures& what, const Pairing<Figures, Stats> (&pairs)[count]) {
  for (const auto& pair : pairs) from.*pair.figure -= what.*pair.figure;
}

WorkerSample sample_worker(const StatsLayout::WorkerEntry& entry, const StatsPage& page) {
  WorkerSample sample;
  sample.index = entry.index;
  sample.core = entry.core;
  sample.alive = entry.alive;
  add(sample.figures, page.worker, kWorkerPairs);
  sample.service_time.resize(Histogram::kBuckets);
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    sample.service_time[bucket] = page.service_time.count_at(bucket);
  }
  return sample;
}

}  // namespace

void StatsSampler::set_layout(StatsLayout layout) {
  const std::lock_guard lock(mutex_);
  layout_ = std::move(layout);
  for (const auto& worker : layout_.workers) pages_used_ = std::max(pages_used_, worker.index + 1);
}

ListenerFigures StatsSampler::sum_listener(std::uint32_t slot) const {
  ListenerFigures sum;
  for (unsigned index = 0; index < pages_used_; ++index)
    add(sum, area_.page(index).listeners[slot], kListenerPairs);
  return sum;
}

BackendFigures StatsSampler::sum_backend(std::uint32_t slot) const {
  BackendFigures sum;
  for (unsigned index = 0; index < pages_used_; ++index)
    add(sum, area_.page(index).backends[slot], kBackendPairs);
  return sum;
}

void StatsSampler::restart_listener(std::uint32_t slot) {
  const std::lock_guard lock(mutex_);
  listener_baselines_[slot] = sum_listener(slot);
}

void StatsSampler::restart_backend(std::uint32_t slot) {
  const std::lock_guard lock(mutex_);
  backend_baselines_[slot] = sum_backend(slot);
}

StatsSample StatsSampler::sample() const {
  const std::lock_guard lock(mutex_);
  StatsSample sample;
  sample.monotonic_ns = monotonic_ns();
  sample.generation = layout_.generation;
  for (const auto& entry : layout_.workers)
    sample.workers.push_back(sample_worker(entry, area_.page(entry.index)));
  for (const auto& entry : layout_.listeners) {
    ListenerFigures figures = sum_listener(entry.slot);
    if (const auto base = listener_baselines_.find(entry.slot); base != listener_baselines_.end()) {
      subtract(figures, base->second, kListenerPairs);
    }
    for (unsigned index = 0; index < pages_used_; ++index) {
      add(figures, area_.page(index).listeners[entry.slot], kListenerGauges);
    }
    sample.listeners.push_back({entry.address, figures});
  }
  for (const auto& entry : layout_.backends) {
    BackendFigures figures = sum_backend(entry.slot);
    if (const auto base = backend_baselines_.find(entry.slot); base != backend_baselines_.end()) {
      subtract(figures, base->second, kBackendPairs);
    }
    for (unsigned index = 0; index < pages_used_; ++index) {
      add(figures, area_.page(index).backends[entry.slot], kBackendGauges);
    }
    sample.backends.push_back({entry.pool, entry.endpoint, entry.address, figures});
  }
  return sample;
}

}  // namespace demo
