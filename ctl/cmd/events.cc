#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <deque>
#include <limits>
#include <optional>
#include <ostream>
#include <vector>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/csv.h"
#include "format/json.h"
#include "format/text_columns.h"
#include "format/text_width.h"
#include "values/enum_text.h"
#include "values/field_value.h"
#include "values/time_text.h"
#include "watch/connection_news.h"
#include "watch/event_source.h"
#include "watch/signal_watch.h"

namespace demo::ctl {
namespace {

constexpr std::chrono::milliseconds kEventTick{100};
constexpr std::uint64_t kLastWhenFollowing = 10;

Sheet event_sheet() {
  Sheet sheet;
  sheet.columns = {
      {"sequence", Align::kRight}, {"time"}, {"kind"}, {"subject"}, {"message"}, {"by"}, {"gen"}};
  return sheet;
}

std::vector<Cell> event_row(const api::Event& event) {
  return {count_cell(event.sequence()),  utc_time(event.at().seconds(), event.at().nanos()),
          enum_word(event.kind()),       printable(event.subject()),
          printable(event.message()),    printable(event.caller()),
          count_cell(event.generation())};
}

// "14:03:22  worker-died      worker 2: killed by SIGKILL, 3 connections lost".
std::string event_line(const api::Event& event) {
  const bool named = event.message().find(event.caller()) != std::string::npos;  // also true for nobody
  const std::string by = named ? "" : fmt::format(" (by {})", printable(event.caller()));
  return fmt::format("{}  {} {}: {}{}\n", local_date_time(event.at().seconds()),
                     fit_to_width(enum_word(event.kind()), 16), printable(event.subject()),
                     printable(event.message()), by);
}

class Events : public Command {
 public:
  Events()
      : Command(
            {.name = "events",
             .chapter = Chapter::kWatching,
             .summary = "what happened: deaths, health, drains, changes and who made them",
             .details =
                 "The daemon keeps the last 1,000. With --follow the command goes on with what happens next, "
                 "over restarts of the daemon too, until Ctrl-C.",
             .examples = {{"events --last 20", "the last twenty"},
                          {"events --follow", "the last ten, then everything that happens"},
                          {"events --kind config-changed -o jsonl", "who changed what, for a program"},
                          {"events --kind config-changed -o jsonl | jq -r '\"\\(.caller): \\(.message)\"'",
                           "the same as lines"}},
             .columns = columns_of(event_sheet()),
             .keeps_order = true}) {
    flag("-f,--follow", "go on with what happens next", [this] { request_.set_follow(true); });
    option("--last", "N", "only so many of those that are kept (default all, with --follow 10)",
           [this](const std::string& text) { last_ = parse_count(text, 0); });
    option("--after", "SEQUENCE", "only those with a higher number",
           [this](const std::string& text) { set_field(request_, "after_sequence", text); });
    const api::WatchEventsRequest request;
    repeated_option("--kind", field_placeholder(request, "kinds"), "only this kind",
                    [this](const std::string& text) { set_field(request_, "kinds", text); });
  }

  ExitCode run(Invocation& invocation) override {
    const bool follow = request_.follow();
    request_.set_follow(false);
    if (!request_.has_after_sequence()) request_.set_after_sequence(0);
    std::uint64_t seen = request_.after_sequence();
    for (const api::Event& event : kept_events(invocation, follow, seen)) print(invocation, event);
    if (follow) follow_events(invocation, seen);
    finish(invocation);
    return ExitCode::kDone;
  }

 private:
  // The events that are kept, without those that --last leaves out; `seen` becomes the highest number. A
  // daemon that gives way to its next version breaks off, and is there again at once.
  std::deque<api::Event> kept_events(Invocation& invocation, bool follow, std::uint64_t& seen) {
    ApiChannel& channel = invocation.channel_for(request_);
    CallStatus ended;
    auto events = read_kept(invocation, channel, follow, seen, ended);
    const bool broken_off = !ended.ok() && is_gone(ended) && ended.door != CallStatus::Door::kQueueFull;
    if (broken_off) events = read_kept(invocation, channel, follow, seen, ended);
    if (!ended.ok()) throw failure_of(ended, channel.target());
    return events;
  }

  std::deque<api::Event> read_kept(Invocation& invocation, ApiChannel& channel, bool follow,
                                   std::uint64_t& seen, CallStatus& ended) {
    const auto stream = channel.start(request_);
    seen = request_.after_sequence();
    const std::uint64_t last =
        last_.value_or(follow && seen == 0 ? kLastWhenFollowing : std::numeric_limits<std::uint64_t>::max());
    std::deque<api::Event> events;
    api::WatchEventsResponse response;
    const auto patience = invocation.settings().timeout.value_or(Invocation::kPatience);
    while (stream->next(response, patience) == Stream::Next::kMessage) {
      seen = std::max(seen, response.event().sequence());
      events.push_back(std::move(*response.mutable_event()));
      if (events.size() > last) events.pop_front();
    }
    ended = stream->status();
    return events;
  }

  void follow_events(Invocation& invocation, std::uint64_t after) {
    SignalWatch signals;
    std::vector<api::EventKind> kinds;
    for (const int kind : request_.kinds()) kinds.push_back(static_cast<api::EventKind>(kind));
    EventSource source(invocation, after, std::move(kinds));
    api::Event event;
    while (!signals.ended()) {
      if (signals.take_suspend()) ::raise(SIGSTOP);
      switch (source.next(event, kEventTick)) {
        case EventSource::Next::kEvent:
          print(invocation, event);
          break;
        case EventSource::Next::kNothing:
          break;
        case EventSource::Next::kLost:
          invocation.console().tell(went_away(source.name()));
          break;
        case EventSource::Next::kFound:
          invocation.console().tell(is_back(source.name()));
          break;
      }
    }
  }

  void print(Invocation& invocation, const api::Event& event) {
    std::ostream& out = invocation.console().out;
    Sheet sheet = event_sheet();
    sheet.rows.push_back(event_row(event));
    const bool chosen = !invocation.settings().fields.empty();
    if (chosen) sheet = with_fields(sheet, invocation.settings().fields);
    switch (invocation.settings().output) {
      case Output::kTable:
      case Output::kWide:
      case Output::kToml:  // refused before it comes here, run()
        if (chosen) {
          print_in_columns(out, sheet);
        } else {
          out << event_line(event);
        }
        break;
      case Output::kCsv:
        if (printed_ == 0) out << csv_heading(sheet);
        out << csv_row(sheet.rows.front());
        break;
      case Output::kJson:
        out << (printed_ == 0 ? "[\n" : ",\n")
            << (chosen ? row_json(sheet, sheet.rows.front()) : object(event));
        break;
      case Output::kJsonLines:
        out << (chosen ? row_json(sheet, sheet.rows.front()) : object(event)) << '\n';
        break;
    }
    out.flush();
    ++printed_;
  }

  void print_in_columns(std::ostream& out, const Sheet& sheet) {
    if (columns_.make_room(sheet)) out << columns_.line(headings(sheet));
    out << columns_.line(sheet.rows.front());
  }

  static std::string object(const api::Event& event) {
    std::string text = line_json(event);
    text.pop_back();
    return text;
  }

  void finish(Invocation& invocation) const {
    if (invocation.settings().output == Output::kJson)
      invocation.console().out << (printed_ == 0 ? "[]\n" : "\n]\n");
  }

  api::WatchEventsRequest request_;
  std::optional<std::uint64_t> last_;
  std::uint64_t printed_ = 0;
  TextColumns columns_{{.least = 16, .gap = 2, .align = Align::kLeft}};
};

}  // namespace

std::unique_ptr<Command> events() { return std::make_unique<Events>(); }

}  // namespace demo::ctl
