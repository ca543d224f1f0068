#include "supervisor/figures/stats_sampler.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

#include "base/clock.h"
#include "base/grown.h"

namespace demo {
namespace {

void add_histogram(std::vector<std::uint64_t>& to, const Histogram& from) {
  to.resize(Histogram::kBuckets);
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) to[bucket] += from.count_at(bucket);
}

// One more process of the row's worker, later than those that are in it.
void add_process(WorkerSample& row, const StatsPage& page) {
  add_figures(row.figures, page.worker, any_kind);
  add_histogram(row.service_time, page.service_time);
  add_histogram(row.response_time, page.response_time);
}

// Adds the counters of a page's places to their offsets; places where nothing was counted have none.
template <typename Figures, typename Places, typename Slots>
void keep_counters(std::vector<Figures>& offsets, const Places& places, const Slots& slots) {
  for (const std::uint32_t slot : slots) {
    Figures counted;
    add_figures(counted, places[slot], is_counter);
    if (counts_anything(counted)) add_figures(grown(offsets, slot), counted, is_counter);
  }
}

// What the place counted so far is not its owner's.
template <typename Figures>
void begin_anew(Figures& offset, const Figures& counted) {
  for (const auto& figure : kFiguresOf<Figures>) {
    if (is_counter(figure.kind)) offset.*figure.member -= counted.*figure.member;
  }
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
  add_figures(past_workers_[index].figures, from.worker, is_counter);
  add_histogram(past_workers_[index].service_time, from.service_time);
  add_histogram(past_workers_[index].response_time, from.response_time);
  keep_counters(listener_offsets_, from.listeners, std::views::iota(0U, limits::kListeners));
  keep_counters(backend_offsets_, from.backends, area_.used_backends(page));
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
  begin_anew(grown(listener_offsets_, slot), figures_of_listener(slot));
}

void StatsSampler::restart_backend(std::uint32_t slot) {
  const std::lock_guard lock(mutex_);
  begin_anew(grown(backend_offsets_, slot), figures_of_backend(slot));
}

ListenerFigures StatsSampler::figures_of_listener(std::uint32_t slot) const {
  ListenerFigures figures;
  if (slot < listener_offsets_.size()) figures = listener_offsets_[slot];
  for (const auto& worker : layout_.workers) {
    add_figures(figures, area_.page(worker.page).listeners[slot], any_kind);
  }
  return figures;
}

BackendFigures StatsSampler::figures_of_backend(std::uint32_t slot) const {
  BackendFigures figures;
  if (slot < backend_offsets_.size()) figures = backend_offsets_[slot];
  for (const auto& worker : layout_.workers) {
    add_figures(figures, area_.page(worker.page).backends[slot], any_kind);
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

BackendStanding StatsSampler::standing(std::string_view pool, std::string_view endpoint) const {
  const std::lock_guard lock(mutex_);
  BackendStanding standing;
  standing.generation = layout_.generation;
  for (const auto& entry : layout_.backends) {
    if (entry.endpoint != endpoint || entry.pool != pool) continue;
    standing.there = true;
    add_figures(standing.figures, figures_of_backend(entry.slot), any_kind);
  }
  return standing;
}

std::uint64_t StatsSampler::loops(std::uint32_t slot) const {
  const std::lock_guard lock(mutex_);
  return figures_of_listener(slot).loops;
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
    sample.listeners.push_back({entry.address, figures_of_listener(entry.slot)});
  }
  for (const auto& entry : layout_.backends) {
    sample.backends.push_back({entry.pool, entry.endpoint, entry.address, figures_of_backend(entry.slot)});
  }
  return sample;
}

}  // namespace demo
