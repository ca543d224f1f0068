#include "supervisor/figures/stats_sampler.h"

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
// Sums over the processes of a worker; the others are no sums, see add_process().
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
    {&WF::cpu_ns, &WS::cpu_ns},
    {&WF::draining, &WS::draining},
    {&WF::aborts_idle, &WS::aborts_idle},
    {&WF::aborts_head, &WS::aborts_head},
    {&WF::aborts_body, &WS::aborts_body},
    {&WF::aborts_waiting, &WS::aborts_waiting},
    {&WF::aborts_receiving, &WS::aborts_receiving},
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
    {&BF::lost, &BS::lost},
    {&BF::failed_ms, &BS::failed_ms},
    {&BF::responses_failed, &BS::responses_failed},  // read after the classes
    {&BF::attempts_again, &BS::attempts_again},      // read after the failures
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

void add_histogram(std::vector<std::uint64_t>& to, const Histogram& from) {
  to.resize(Histogram::kBuckets);
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) to[bucket] += from.count_at(bucket);
}

// One more process of the row's worker, later than those that are in it.
void add_process(WorkerSample& row, const StatsPage& page) {
  add(row.figures, page.worker, kWorkerPairs);
  add_histogram(row.service_time, page.service_time);
  add_histogram(row.response_time, page.response_time);
  row.figures.events_last = page.worker.events_last.get();
  row.figures.generation = page.worker.generation.get();
  row.figures.events_min = least_events(row.figures.events_min, page.worker.events_min.get());
  row.figures.events_max = std::max(row.figures.events_max, page.worker.events_max.get());
}

}  // namespace

void StatsSampler::set_layout(StatsLayout layout) {
  const std::lock_guard lock(mutex_);
  layout_ = std::move(layout);
}

void StatsSampler::retire_page(unsigned index, unsigned page) {
  const std::lock_guard lock(mutex_);
  std::erase_if(layout_.workers, [page](const auto& entry) { return entry.page == page; });
  const StatsPage& from = area_.page(page);
  add(past_workers_[index].figures, from.worker, kWorkerPairs);
  add_histogram(past_workers_[index].service_time, from.service_time);
  add_histogram(past_workers_[index].response_time, from.response_time);
  for (std::uint32_t slot = 0; slot < limits::kListeners; ++slot) {
    add(past_listeners_[slot], from.listeners[slot], kListenerPairs);
    past_loops_[slot] += from.listeners[slot].loops.get();
  }
  for (std::uint32_t slot = 0; slot < limits::kBackendMembers; ++slot)
    add(past_backends_[slot], from.backends[slot], kBackendPairs);
}

ListenerFigures StatsSampler::sum_listener(std::uint32_t slot) const {
  const auto past = past_listeners_.find(slot);
  ListenerFigures sum = past == past_listeners_.end() ? ListenerFigures{} : past->second;
  for (const auto& entry : layout_.workers) add(sum, area_.page(entry.page).listeners[slot], kListenerPairs);
  return sum;
}

BackendFigures StatsSampler::sum_backend(std::uint32_t slot) const {
  const auto past = past_backends_.find(slot);
  BackendFigures sum = past == past_backends_.end() ? BackendFigures{} : past->second;
  for (const auto& entry : layout_.workers) add(sum, area_.page(entry.page).backends[slot], kBackendPairs);
  return sum;
}

WorkerSample StatsSampler::begin_row(unsigned index) const {
  WorkerSample row;
  row.index = index;
  row.service_time.resize(Histogram::kBuckets);
  row.response_time.resize(Histogram::kBuckets);
  if (const auto past = past_workers_.find(index); past != past_workers_.end()) {
    row.figures = past->second.figures;
    row.service_time = past->second.service_time;
    row.response_time = past->second.response_time;
  }
  return row;
}

std::vector<WorkerSample> StatsSampler::worker_rows() const {
  std::vector<WorkerSample> rows;
  for (const auto& entry : layout_.workers) {
    if (rows.empty() || rows.back().index != entry.index) rows.push_back(begin_row(entry.index));
    WorkerSample& row = rows.back();
    row.core = entry.core;
    row.alive |= entry.alive;
    add_process(row, area_.page(entry.page));
  }
  return rows;
}

std::vector<WorkerSample> StatsSampler::former_rows(const std::vector<WorkerSample>& present) const {
  std::vector<WorkerSample> rows;
  for (const auto& [index, past] : past_workers_) {
    const bool there = std::any_of(present.begin(), present.end(),
                                   [&, &i = index](const WorkerSample& row) { return row.index == i; });
    if (!there) rows.push_back(begin_row(index));
  }
  return rows;
}

void StatsSampler::restart_listener(std::uint32_t slot) {
  const std::lock_guard lock(mutex_);
  listener_baselines_[slot] = sum_listener(slot);
  loop_baselines_[slot] = sum_loops(slot);
}

void StatsSampler::restart_backend(std::uint32_t slot) {
  const std::lock_guard lock(mutex_);
  backend_baselines_[slot] = sum_backend(slot);
}

std::uint64_t StatsSampler::sum_loops(std::uint32_t slot) const {
  const auto past = past_loops_.find(slot);
  std::uint64_t sum = past == past_loops_.end() ? 0 : past->second;
  for (const auto& entry : layout_.workers) sum += area_.page(entry.page).listeners[slot].loops.get();
  return sum;
}

BackendFigures StatsSampler::figures_of_backend(std::uint32_t slot) const {
  BackendFigures figures = sum_backend(slot);
  if (const auto base = backend_baselines_.find(slot); base != backend_baselines_.end()) {
    subtract(figures, base->second, kBackendPairs);
  }
  for (const auto& worker : layout_.workers) {
    add(figures, area_.page(worker.page).backends[slot], kBackendGauges);
  }
  return figures;
}

unsigned StatsSampler::ejected_by(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  unsigned workers = 0;
  for (const auto& worker : layout_.workers) {
    const StatsPage& page = area_.page(worker.page);
    if (page.worker.draining.get() == 0 && page.backends[slot].ejected.get() != 0) ++workers;
  }
  return workers;
}

BackendFigures StatsSampler::backend(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  return figures_of_backend(slot);
}

std::uint64_t StatsSampler::loops(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  const auto base = loop_baselines_.find(slot);
  return sum_loops(slot) - (base == loop_baselines_.end() ? 0 : base->second);
}

std::uint64_t StatsSampler::accept_errors() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [index, past] : past_workers_) sum += past.figures.accept_errors;
  for (const auto& worker : layout_.workers) sum += area_.page(worker.page).worker.accept_errors.get();
  return sum;
}

bool StatsSampler::any_at_limit() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(layout_.workers.begin(), layout_.workers.end(),
                     [&](const auto& worker) { return area_.page(worker.page).worker.at_limit.get() != 0; });
}

bool StatsSampler::counts_in_listener(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(layout_.workers.begin(), layout_.workers.end(), [&](const auto& worker) {
    return area_.page(worker.page).listeners[slot].connections_open.get() != 0;
  });
}

bool StatsSampler::counts_in_backend(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(layout_.workers.begin(), layout_.workers.end(), [&](const auto& worker) {
    const BackendStats& stats = area_.page(worker.page).backends[slot];
    return stats.connections_open.get() != 0 || stats.requests_active.get() != 0 || stats.queued.get() != 0;
  });
}

StatsSample StatsSampler::sample() const {
  const std::lock_guard lock(mutex_);
  StatsSample sample;
  sample.monotonic_ns = monotonic_ns();
  sample.generation = layout_.generation;
  sample.workers = worker_rows();
  sample.former = former_rows(sample.workers);
  for (const auto& entry : layout_.listeners) {
    ListenerFigures figures = sum_listener(entry.slot);
    if (const auto base = listener_baselines_.find(entry.slot); base != listener_baselines_.end()) {
      subtract(figures, base->second, kListenerPairs);
    }
    for (const auto& worker : layout_.workers) {
      add(figures, area_.page(worker.page).listeners[entry.slot], kListenerGauges);
    }
    sample.listeners.push_back({entry.address, figures});
  }
  for (const auto& entry : layout_.backends) {
    sample.backends.push_back({entry.pool, entry.endpoint, entry.address, figures_of_backend(entry.slot)});
  }
  return sample;
}

}  // namespace demo
