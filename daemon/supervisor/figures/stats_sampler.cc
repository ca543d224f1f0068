#include "supervisor/figures/stats_sampler.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

#include "base/clock.h"

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

// Adds what was taken out of a page. The compiler keeps that order: a supervisor that is killed in between
// loses this one number, and the next one, which moves what is left in the page, counts nothing twice.
void keep_taken(std::uint64_t& sum, std::uint64_t taken) {
  if (taken == 0) return;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  sum += taken;
}

void move_histogram(std::array<std::uint64_t, Histogram::kBuckets>& to, Histogram& from) {
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    keep_taken(to[bucket], from.take(bucket));
  }
}

template <typename Figures, typename Numbers>
void move_counters(Figures& to, Numbers& from) {
  constexpr auto& kTo = kFiguresOf<Figures>;
  constexpr auto& kFrom = kFiguresOf<Numbers>;
  static_assert(kTo.size() == kFrom.size());
  for (std::size_t i = 0; i < kTo.size(); ++i) {
    if (is_counter(kTo[i].kind)) keep_taken(to.*kTo[i].member, (from.*kFrom[i].member).take());
  }
}

// The offset at the slot, for writing.
template <typename Offsets>
auto& used_offset(Offsets& offsets, std::uint32_t& used, std::uint32_t slot) {
  auto& offset = offsets.at(slot);
  used = std::max(used, slot + 1);
  return offset;
}

// Moves the counters of a page's places to their offsets; places where nothing was counted have none.
template <typename Offsets, typename Places>
void keep_counters(Offsets& offsets, std::uint32_t& used, Places& places,
                   const std::vector<std::uint32_t>& slots) {
  for (const std::uint32_t slot : slots) {
    if (counts_anything(places[slot])) move_counters(used_offset(offsets, used, slot), places[slot]);
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
  StatsPage& from = area_.writable_page(page);
  KeptFigures::Worker& to = kept_.workers.at(index);
  kept_.workers_used[index] = 1;
  move_counters(to.figures, from.worker);
  move_histogram(to.service_time, from.service_time);
  move_histogram(to.response_time, from.response_time);
  keep_counters(kept_.listeners, kept_.listeners_used, from.listeners, area_.used_listeners(page));
  keep_counters(kept_.backends, kept_.backends_used, from.backends, area_.used_backends(page));
}

WorkerSample StatsSampler::begin_row(unsigned index) const {
  WorkerSample row;
  row.index = index;
  if (kept_.workers_used.at(index) == 0) {
    row.service_time.resize(Histogram::kBuckets);
    row.response_time.resize(Histogram::kBuckets);
    return row;
  }
  const KeptFigures::Worker& past = kept_.workers[index];
  row.figures = past.figures;
  row.service_time.assign(past.service_time.begin(), past.service_time.end());
  row.response_time.assign(past.response_time.begin(), past.response_time.end());
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
  for (unsigned index = 0; index < limits::kWorkers; ++index) {
    if (kept_.workers_used[index] == 0) continue;
    const bool there = std::ranges::find(present, index, &WorkerSample::index) != present.end();
    if (!there) rows.push_back(begin_row(index));
  }
  return rows;
}

void StatsSampler::restart_listener(std::uint32_t slot) {
  const std::lock_guard lock(mutex_);
  const ListenerFigures counted = figures_of_listener(slot);
  begin_anew(used_offset(kept_.listeners, kept_.listeners_used, slot), counted);
}

void StatsSampler::restart_backend(std::uint32_t slot) {
  const std::lock_guard lock(mutex_);
  const BackendFigures counted = figures_of_backend(slot);
  begin_anew(used_offset(kept_.backends, kept_.backends_used, slot), counted);
}

ListenerFigures StatsSampler::figures_of_listener(std::uint32_t slot) const {
  ListenerFigures figures;
  if (slot < kept_.listeners_used) figures = kept_.listeners[slot];
  for (const auto& worker : layout_.workers) {
    add_figures(figures, area_.page(worker.page).listeners[slot], any_kind);
  }
  return figures;
}

BackendFigures StatsSampler::figures_of_backend(std::uint32_t slot) const {
  BackendFigures figures;
  if (slot < kept_.backends_used) figures = kept_.backends[slot];
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
  for (unsigned index = 0; index < limits::kWorkers; ++index) {
    if (kept_.workers_used[index] != 0) sum += kept_.workers[index].figures.accept_errors;
  }
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
