#include "figures/rates.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <map>
#include <tuple>

#include "figures/percentile.h"

namespace demo::ctl {
namespace {

double growth(std::uint64_t before, std::uint64_t now) {
  return static_cast<double>(now >= before ? now - before : now);
}

// A recording may hold what no daemon counts: the sum is as large as there is at most.
std::uint64_t capped_sum(std::initializer_list<std::uint64_t> figures) {
  std::uint64_t sum = 0;
  for (const std::uint64_t figure : figures) {
    sum += std::min(figure, std::numeric_limits<std::uint64_t>::max() - sum);
  }
  return sum;
}

// Turns growth over the interval into a rate.
class Clock {
 public:
  Clock(const api::StatsSample& before, const api::StatsSample& now)
      : seconds_(growth(before.monotonic_ns(), now.monotonic_ns()) / 1e9) {}

  double seconds() const { return seconds_; }
  double rate(std::uint64_t before, std::uint64_t now) const {
    return seconds_ > 0 ? growth(before, now) / seconds_ : 0;
  }

 private:
  double seconds_;
};

WorkerRates worker_rates(const Clock& clock, const api::WorkerFigures& before,
                         const api::WorkerFigures& now) {
  WorkerRates rates;
  rates.open = static_cast<double>(now.connections_open());
  rates.accepts = clock.rate(before.connections_accepted(), now.connections_accepted());
  rates.requests = clock.rate(before.requests(), now.requests());
  rates.bytes_in = clock.rate(before.bytes_in(), now.bytes_in());
  rates.bytes_out = clock.rate(before.bytes_out(), now.bytes_out());
  rates.errors = clock.rate(error_count(before), error_count(now));
  rates.aborts = clock.rate(abort_count(before), abort_count(now));
  rates.cpu_percent = clock.rate(before.cpu_ns(), now.cpu_ns()) / 1e9 * 100;
  return rates;
}

Percentiles percentiles_since(const api::Histogram& now, const api::Histogram* before) {
  return percentiles_of(counted_since(now, before));
}

// The rows of a sample by their key.
template <typename Rows, typename KeyOf>
auto by_key(const Rows& rows, KeyOf key_of) {
  std::map<decltype(key_of(*rows.begin())), const typename Rows::value_type*> index;
  for (const auto& row : rows) index[key_of(row)] = &row;
  return index;
}

template <typename Index, typename Key>
auto find_row(const Index& index, const Key& key) -> typename Index::mapped_type {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : found->second;
}

std::vector<WorkerRateRow> worker_rows(const Clock& clock, const api::StatsSample& before,
                                       const api::StatsSample& now) {
  const auto earlier = by_key(before.workers(), [](const api::WorkerRow& row) { return row.worker(); });
  std::vector<WorkerRateRow> rows;
  for (const api::WorkerRow& row : now.workers()) {
    const api::WorkerRow* old = find_row(earlier, row.worker());
    WorkerRateRow result{row.worker(), row.core(), row.alive(), row.figures().draining() != 0, {}};
    result.rates = worker_rates(
        clock, old == nullptr ? api::WorkerFigures::default_instance() : old->figures(), row.figures());
    result.rates.service =
        percentiles_since(row.service_time(), old == nullptr ? nullptr : &old->service_time());
    result.rates.response =
        percentiles_since(row.response_time(), old == nullptr ? nullptr : &old->response_time());
    rows.push_back(std::move(result));
  }
  return rows;
}

std::vector<ListenerRateRow> listener_rows(const Clock& clock, const api::StatsSample& before,
                                           const api::StatsSample& now) {
  const auto earlier = by_key(before.listeners(), [](const api::ListenerRow& row) { return row.address(); });
  std::vector<ListenerRateRow> rows;
  for (const api::ListenerRow& row : now.listeners()) {
    const api::ListenerRow* found = find_row(earlier, row.address());
    const api::ListenerFigures& old =
        found == nullptr ? api::ListenerFigures::default_instance() : found->figures();
    const api::ListenerFigures& figures = row.figures();
    rows.push_back({row.address(), static_cast<double>(figures.connections_open()),
                    clock.rate(old.connections_accepted(), figures.connections_accepted()),
                    clock.rate(old.requests(), figures.requests()),
                    clock.rate(old.bytes_in(), figures.bytes_in()),
                    clock.rate(old.bytes_out(), figures.bytes_out())});
  }
  return rows;
}

std::vector<BackendRateRow> backend_rows(const Clock& clock, const api::StatsSample& before,
                                         const api::StatsSample& now) {
  const auto key_of = [](const api::BackendRow& row) {
    return std::make_tuple(row.pool(), row.endpoint(), row.address());
  };
  const auto earlier = by_key(before.backends(), key_of);
  std::vector<BackendRateRow> rows;
  for (const api::BackendRow& row : now.backends()) {
    const api::BackendRow* found = find_row(earlier, key_of(row));
    const api::BackendFigures& old =
        found == nullptr ? api::BackendFigures::default_instance() : found->figures();
    const api::BackendFigures& figures = row.figures();
    BackendRateRow result{row.pool(), row.endpoint(), row.address()};
    result.open = static_cast<double>(figures.connections_open());
    result.active = static_cast<double>(figures.requests_active());
    result.queued = static_cast<double>(figures.queued());
    result.requests = clock.rate(old.requests(), figures.requests());
    result.bytes_in = clock.rate(old.bytes_in(), figures.bytes_in());
    result.bytes_out = clock.rate(old.bytes_out(), figures.bytes_out());
    result.errors = clock.rate(error_count(old), error_count(figures));
    result.retries = clock.rate(old.retries(), figures.retries());
    result.ejected = static_cast<double>(figures.ejected());
    rows.push_back(std::move(result));
  }
  return rows;
}

}  // namespace

std::uint64_t error_count(const api::WorkerFigures& figures) {
  return capped_sum({figures.accept_errors(), figures.read_errors(), figures.write_errors(),
                     figures.protocol_errors(), figures.timeouts(), figures.responses_5xx()});
}

std::uint64_t abort_count(const api::WorkerFigures& figures) {
  return capped_sum({figures.aborts_idle(), figures.aborts_head(), figures.aborts_body(),
                     figures.aborts_waiting(), figures.aborts_receiving()});
}

std::uint64_t error_count(const api::BackendFigures& figures) {
  return capped_sum({figures.connect_errors(), figures.response_errors(), figures.connect_timeouts(),
                     figures.head_timeouts(), figures.body_timeouts(), figures.connect_shortages(),
                     figures.queue_full(), figures.queue_timeouts(), figures.tunnel_timeouts(),
                     figures.responses_5xx()});
}

Rates rates_between(const api::StatsSample& before, const api::StatsSample& now) {
  const Clock clock(before, now);
  Rates rates;
  rates.seconds = clock.seconds();
  rates.generation = now.generation();
  rates.total = worker_rates(clock, before.total(), now.total());
  rates.total.service = percentiles_since(now.total_service_time(), &before.total_service_time());
  rates.total.response = percentiles_since(now.total_response_time(), &before.total_response_time());
  rates.measured = measured_times(now);
  rates.workers = worker_rows(clock, before, now);
  rates.listeners = listener_rows(clock, before, now);
  rates.backends = backend_rows(clock, before, now);
  return rates;
}

}  // namespace demo::ctl
