#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>
#include <set>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "figures/row_selection.h"
#include "figures/selection_check.h"
#include "figures/stats_sheets.h"
#include "format/column_choice.h"
#include "values/field_value.h"
#include "watch/interval_view.h"
#include "watch/sample_source.h"
#include "watch/signal_watch.h"
#include "watch/stats_watch.h"

namespace demo::ctl {
namespace {

// Each once.
std::vector<std::string> all_columns(const std::vector<Sheet>& sheets) {
  std::vector<std::string> names;
  for (const Sheet& sheet : sheets) {
    for (const std::string& name : columns_of(sheet)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

// Rates and counters have columns of their own.
std::vector<NamedSheet> empty_sheets(bool watch, bool raw) {
  const api::StatsSample none;
  if (!watch) return stats_sheets(none);
  return raw ? interval_sheets(none, "") : interval_sheets(Rates(), "");
}

std::vector<std::string> columns_with(const std::set<std::string>& given) {
  const std::array<const char*, 5> watching{"--watch", "--interval", "--count", "--record", "--replay"};
  const bool watch =
      std::ranges::any_of(watching, [&](const char* option) { return given.contains(option); });
  return columns_of(sheet_with(empty_sheets(watch, given.contains("--raw")), {}));
}

class Stats : public Command {
 public:
  Stats()
      : Command(
            {.name = "stats",
             .chapter = Chapter::kWatching,
             .summary = "figures of workers, listeners and backends; --watch shows rates",
             .details =
                 "Without --watch: counters since the daemon started. With --watch: what happens a second, "
                 "in "
                 "place on a terminal (q or Ctrl-C ends), a line an interval otherwise. Errors are failed "
                 "accepts, reads and writes, refused requests, time-outs and 5xx answers. Aborts are clients "
                 "that left: no "
                 "errors, and told apart by where they were with -o json. svc-p50 and svc-p99 are "
                 "service times, of requests that are answered here (modes server and raw): from the wake-up "
                 "that brought a request to its answer. resp-p50 and resp-p99 are response times, of "
                 "requests "
                 "that are forwarded (mode proxy): from the same wake-up to the end of the response, with "
                 "what the backend takes. A table that is too narrow for all shows those that are measured, "
                 "the medians first; csv and wide have all four. As csv every row "
                 "starts with its kind: total, worker, listener or backend, and has nothing in columns that "
                 "are of other kinds; so do rates as json and jsonl, where that, and what nobody measured, "
                 "is null. "
                 "With --worker, --listener or --pool there are rows of these kinds alone. "
                 "With --fields without kind, the rows "
                 "are "
                 "those of the first kind that has all of them. A recording holds "
                 "one JSON object (demo.control.v1.StatsSample) a line.",
             .examples = {{"stats", "counters since the start"},
                          {"stats --watch", "one row a worker, every second"},
                          {"stats -o json | jq '.total.requests'", "one counter"},
                          {"stats -o csv --fields kind,listener,pool,backend,requests",
                           "everybody's requests for a spreadsheet"},
                          {"stats --watch --interval 5s --count 12 -o csv --fields time,req/s",
                           "a minute of the total for a spreadsheet"},
                          {"stats --record busy.jsonl", "watch and keep what was seen"},
                          {"stats --replay busy.jsonl", "see it again"}},
             .columns = all_columns({sheet_with(stats_sheets(api::StatsSample()), {}),
                                     sheet_with(empty_sheets(true, false), {}),
                                     sheet_with(interval_sheets(api::StatsSample(), ""), {})}),
             .further_columns =
                 all_columns({worker_sheet(Rates()), listener_sheet(Rates()), backend_sheet(Rates())}),
             .columns_with = columns_with}) {
    flag("-w,--watch", "rates, again and again; --interval, --count, --record and --replay do so too",
         [this] { watch_ = true; });
    const api::Setting& interval = setting_of(*request_.GetDescriptor(), "interval");
    option(
        interval.option(), "DURATION",
        setting_help(interval, field_at(*request_.GetDescriptor(), "interval")),
        [this](const std::string& text) {
          set_field(request_, "interval", text);
          watch_ = true;
        },
        "interval");
    option("--count", "N", "end after so many intervals", [this](const std::string& text) {
      count_ = parse_count(text, 1);
      watch_ = true;
    });
    flag("--raw", "when it watches: counters as they are instead of rates", [this] { raw_ = true; });
    option(
        "--record", "FILE", "watch, and write every sample to a file, in place of what it holds",
        [this](const std::string& path) {
          record_ = path;
          watch_ = true;
        },
        kRecordField);
    option(
        "--replay", "FILE", "watch a file that was recorded instead of the daemon",
        [this](const std::string& path) {
          replay_ = path;
          watch_ = true;
        },
        kReplayField);
    repeated_option(
        "--worker", "WORKER", "rows of this worker, and the total of those named",
        [this](const std::string& text) { set_field(request_, "selection.workers", text); },
        "selection.workers");
    repeated_option(
        "--listener", "LISTENER", "the row of this listener",
        [this](const std::string& text) { request_.mutable_selection()->add_listeners(text); },
        "selection.listeners");
    repeated_option(
        "--pool", "POOL", "rows of the backends of this pool",
        [this](const std::string& text) { request_.mutable_selection()->add_pools(text); },
        "selection.pools");
  }

  ExitCode run(Invocation& invocation) override {
    check(invocation.settings());
    if (request_.has_selection()) {
      check_selection(invocation, *request_.mutable_selection());
      select_parts(*request_.mutable_selection());
    }
    if (watch_) return watch(invocation);
    api::GetStatsRequest request;
    *request.mutable_selection() = request_.selection();
    api::GetStatsResponse response;
    invocation.call(request, response);
    print_once(invocation, response.sample());
    return ExitCode::kDone;
  }

 private:
  // What another argument would leave without effect.
  void check(const Settings& settings) const {
    if (raw_ && !watch_)
      throw usage_failure("--raw: goes with --watch, which --interval, --count, --record and --replay imply");
    if (record_ && replay_) throw usage_failure("--record: does not go with --replay");
    if (watch_ && !settings.sort.empty()) {
      throw usage_failure("--sort: does not go with --watch, whose lines come in order of time");
    }
    check_columns(settings);
    if (!replay_) return;
    const api::StatsSelection& selection = request_.selection();
    const char* const live = request_.has_interval()          ? "--interval"
                             : !selection.workers().empty()   ? "--worker"
                             : !selection.listeners().empty() ? "--listener"
                             : !selection.pools().empty()     ? "--pool"
                                                              : nullptr;
    if (live == nullptr) return;
    throw usage_failure(
        fmt::format("{}: does not go with --replay, a recording has what was recorded", live));
  }

  void check_columns(const Settings& settings) const {
    const std::vector<NamedSheet> sheets = empty_sheets(watch_, raw_);
    const std::vector<std::string> names = columns_of(sheet_with(sheets, {}));
    const std::vector<std::string> selected_names =
        columns_of(sheet_with(selected(sheets, request_.selection()), {}));
    const char* const other = watch_ && !raw_ ? "stats without --watch, or with --raw"
                              : raw_          ? "stats --watch without --raw"
                                              : "stats --watch";
    const auto check_one = [&](const char* option, const std::string& name) {
      const bool is_there = std::find(names.begin(), names.end(), name) != names.end();
      if (is_there && std::find(selected_names.begin(), selected_names.end(), name) == selected_names.end()) {
        throw usage_failure(
            fmt::format("{}: \"{}\" is no column of the rows that are selected", option, name));
      }
      if (is_there) return;
      throw usage_failure(fmt::format("{}: \"{}\" is a column of {}", option, name, other));
    };
    for (const std::string& name : settings.fields) check_one("--fields", name);
    if (!settings.sort.empty()) check_one("--sort", parse_order(settings.sort).column);
  }

  // Those that have the column. Throws a usage Failure when none has.
  static void sort(std::vector<Sheet>& sheets, const std::string& by) {
    if (by.empty()) return;
    const std::string column = parse_order(by).column;
    check_column(column, all_columns(sheets), "--sort");
    for (Sheet& sheet : sheets) {
      const std::vector<std::string> names = columns_of(sheet);
      if (std::find(names.begin(), names.end(), column) != names.end()) reorder(sheet, row_order(sheet, by));
    }
  }

  void print_once(Invocation& invocation, const api::StatsSample& sample) const {
    if (invocation.prints_json() && invocation.settings().fields.empty())
      return invocation.print_json(sample);
    if (!invocation.prints_table() || !invocation.settings().fields.empty()) {
      return invocation.print_rows(
          sheet_with(selected(stats_sheets(sample), request_.selection()), invocation.settings().fields));
    }
    std::vector<Sheet> sheets;
    for (NamedSheet& named : selected(table_sheets(sample), request_.selection()))
      sheets.push_back(std::move(named.sheet));
    sort(sheets, invocation.settings().sort);
    for (const Sheet& sheet : sheets) {
      if (sheet.rows.empty()) continue;
      if (&sheet != sheets.data()) invocation.console().out << '\n';
      invocation.print_table(sheet);
    }
  }

  std::unique_ptr<SampleSource> open_source(Invocation& invocation, bool on_screen) {
    if (replay_) return std::make_unique<ReplaySource>(*replay_, on_screen);
    request_.set_always_complete(true);
    return std::make_unique<LiveSource>(invocation, request_);
  }

  ExitCode watch(Invocation& invocation) {
    // A screen has the columns that it has.
    const bool on_screen = invocation.console().redraws && invocation.settings().output == Output::kTable &&
                           invocation.settings().fields.empty();
    SignalWatch signals;
    std::optional<Recording> recording;
    const std::unique_ptr<SampleSource> source = open_source(invocation, on_screen);
    if (record_) recording.emplace(*record_);
    WatchPlan plan;
    plan.open_view = [&] {
      RowChoice choice{request_.selection(), raw_};
      return on_screen ? screen_view(invocation.console(), std::move(choice))
                       : line_view(invocation, std::move(choice));
    };
    plan.recording = recording ? &*recording : nullptr;
    plan.counters = raw_;
    plan.count = count_;
    watch_stats(*source, signals, plan);
    return ExitCode::kDone;
  }

  api::WatchStatsRequest request_;
  bool watch_ = false;
  bool raw_ = false;
  std::optional<std::uint64_t> count_;
  std::optional<std::string> record_;
  std::optional<std::string> replay_;
};

}  // namespace

std::unique_ptr<Command> stats() { return std::make_unique<Stats>(); }

}  // namespace demo::ctl
