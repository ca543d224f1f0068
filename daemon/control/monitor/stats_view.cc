#include "control/monitor/stats_view.h"

#include <google/protobuf/message.h>

#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "control/messages/timestamp.h"
#include "control/monitor/stats_total.h"
#include "stats/histogram.h"

namespace demo {

namespace pb = control::v1;

namespace {

// Keys of rows, and their messages. A row without a counterpart in the sample before is written whole.
auto key(const WorkerSample& row) { return row.index; }
auto key(const ListenerSample& row) { return std::tie(row.address); }
auto key(const BackendSample& row) { return std::tie(row.pool, row.endpoint, row.address); }

void write_key(const WorkerSample& row, pb::WorkerRow& message) { message.set_worker(row.index); }
void write_key(const ListenerSample& row, pb::ListenerRow& message) { message.set_address(row.address); }
void write_key(const BackendSample& row, pb::BackendRow& message) {
  message.set_pool(row.pool);
  message.set_endpoint(row.endpoint);
  message.set_address(row.address);
}

// The fields of the figures, in the order of their list.
template <typename Figures>
auto fields_of(const google::protobuf::Descriptor& type) {
  std::array<const google::protobuf::FieldDescriptor*, kFiguresOf<Figures>.size()> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i] = type.FindFieldByName(std::string(kFiguresOf<Figures>[i].name));
    if (fields[i] == nullptr) std::abort();  // the API lacks the figure
  }
  return fields;
}

// The figures that differ from those before, or all. True when there were any.
template <typename Figures>
bool write_figures(const Figures& now, const Figures* before, google::protobuf::Message& message) {
  static const auto fields = fields_of<Figures>(*message.GetDescriptor());
  bool any = false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto member = kFiguresOf<Figures>[i].member;
    if (before != nullptr && now.*member == before->*member) continue;
    message.GetReflection()->SetUInt64(&message, fields[i], now.*member);
    any = true;
  }
  return any;
}

using Counts = std::vector<std::uint64_t>;

bool write_histogram(const Counts& now, const Counts* before, pb::Histogram& message) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    const std::uint64_t last = before != nullptr && i < before->size() ? (*before)[i] : 0;
    if (now[i] == last) continue;
    auto& bucket = *message.add_buckets();
    bucket.set_index(static_cast<std::uint32_t>(i));
    bucket.set_upper_bound_ns(Histogram::upper_bound(i));
    bucket.set_count(now[i]);
  }
  return message.buckets_size() > 0;
}

bool write_values(const WorkerSample& now, const WorkerSample* before, bool histograms,
                  pb::WorkerRow& message) {
  message.set_core(now.core);
  message.set_alive(now.alive);
  bool any = before == nullptr || before->core != now.core || before->alive != now.alive;
  any |= write_figures(now.figures, before ? &before->figures : nullptr, *message.mutable_figures());
  if (!histograms) return any;
  any |= write_histogram(now.service_time, before ? &before->service_time : nullptr,
                         *message.mutable_service_time());
  any |= write_histogram(now.response_time, before ? &before->response_time : nullptr,
                         *message.mutable_response_time());
  return any;
}

template <typename Row, typename Message>
bool write_values(const Row& now, const Row* before, bool, Message& message) {
  return write_figures(now.figures, before ? &before->figures : nullptr, *message.mutable_figures());
}

// Rows that are gone come last. before is empty for a complete message.
template <typename Row, typename Message>
void write_rows(const std::vector<Row>& now, const std::vector<Row>& before, bool histograms,
                google::protobuf::RepeatedPtrField<Message>& rows) {
  std::map<decltype(key(now.front())), const Row*> old;
  for (const Row& row : before) old.emplace(key(row), &row);
  for (const Row& row : now) {
    const auto same = old.extract(key(row));
    Message& message = *rows.Add();
    write_key(row, message);
    if (!write_values(row, same.empty() ? nullptr : same.mapped(), histograms, message)) rows.RemoveLast();
  }
  for (const Row& row : before) {
    if (!old.contains(key(row))) continue;
    write_key(row, *rows.Add());
    rows.rbegin()->set_gone(true);
  }
}

void write_total(const StatsSample& now, const StatsSample* before, bool histograms,
                 pb::StatsSample& message) {
  const StatsTotal total = total_of(now);
  const StatsTotal last = before ? total_of(*before) : StatsTotal{};
  write_figures(total.figures, before ? &last.figures : nullptr, *message.mutable_total());
  if (!histograms) return;
  write_histogram(total.service_time, before ? &last.service_time : nullptr,
                  *message.mutable_total_service_time());
  write_histogram(total.response_time, before ? &last.response_time : nullptr,
                  *message.mutable_total_response_time());
}

}  // namespace

void StatsView::write(const StatsSample& sample, pb::StatsSample& message) {
  auto now = std::make_unique<StatsSample>(selector_.select(sample));
  static const StatsSample kNothing;
  const StatsSample* before = always_complete_ ? nullptr : seen_.get();
  const StatsSample& rows_before = before != nullptr ? *before : kNothing;
  const bool histograms = selector_.wants(pb::STATS_PART_HISTOGRAMS);
  message.set_complete(before == nullptr);
  message.set_monotonic_ns(now->monotonic_ns);
  write_timestamp(std::chrono::system_clock::now(), *message.mutable_at());
  message.set_generation(now->generation);
  if (selector_.wants(pb::STATS_PART_TOTAL)) write_total(*now, before, histograms, message);
  if (selector_.wants(pb::STATS_PART_WORKERS)) {
    write_rows(now->workers, rows_before.workers, histograms, *message.mutable_workers());
  }
  write_rows(now->listeners, rows_before.listeners, false, *message.mutable_listeners());
  write_rows(now->backends, rows_before.backends, false, *message.mutable_backends());
  if (!always_complete_) seen_ = std::move(now);
}

}  // namespace demo
