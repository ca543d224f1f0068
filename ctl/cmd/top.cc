#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "demo/control/v1/topology.pb.h"
#include "figures/rates.h"
#include "format/text_width.h"
#include "top/curses_screen.h"
#include "top/key_help.h"
#include "top/top_model.h"
#include "values/field_value.h"
#include "watch/connection_news.h"
#include "watch/event_source.h"
#include "watch/sample_source.h"
#include "watch/signal_watch.h"
#include "watch/silence.h"

namespace demo::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long the loop waits for a key before it looks at the daemon's streams.
constexpr milliseconds kScreenTick{50};
// How often state and health of the backends are asked for.
constexpr std::chrono::seconds kBackendsEvery{2};
constexpr milliseconds kBackendsPatience{300};

// The loop of democtl top: keys and streams in, pictures out. Borrows everything.
class TopLoop {
 public:
  // events is null for a replay: there is no daemon then.
  TopLoop(Invocation& invocation, SampleSource& samples, EventSource* events, bool unicode)
      : invocation_(invocation),
        samples_(samples),
        events_(events),
        silence_(samples.interval()),
        model_(unicode) {}

  void run(CursesScreen& screen, SignalWatch& signals, api::StatsSample first) {
    take(first);
    while (!signals.ended()) {
      if (signals.take_suspend()) screen.suspend();
      const CursesScreen::Size size = screen.fit();
      screen.draw(top_frame(model_, size.columns, size.rows));
      for (auto key = screen.read_key(kScreenTick); key; key = screen.read_key(milliseconds(0))) {
        const TopAction action = model_.key(*key);
        if (action == TopAction::kQuit) return;
        if (action != TopAction::kNone) change_state(action);
      }
      read_samples();
      if (events_ != nullptr) {
        read_events();
        read_backends();
      }
    }
  }

 private:
  void take(const api::StatsSample& sample) {
    model_.add_rates(rates_between(before_ ? *before_ : sample, sample), sample.at().seconds());
    before_ = sample;
    silence_.on_sample(steady_clock::now());
  }

  void read_samples() {
    api::StatsSample sample;
    switch (samples_.next(sample, milliseconds(0))) {
      case SampleSource::Next::kSample:
        if (lost_) model_.set_notice(is_back("the daemon"));
        lost_ = false;
        take(sample);
        break;
      case SampleSource::Next::kLost:
        lost_ = true;
        silence_.on_loss();
        before_.reset();
        model_.set_notice(went_away(samples_.name()));
        break;
      case SampleSource::Next::kEnded:
        model_.set_notice("the recording ends here");
        break;
      case SampleSource::Next::kNothing:
        if (const auto time = silence_.news(steady_clock::now()); time) {
          model_.set_notice(fmt::format("no sample for {} s", time->count()));
        }
        break;
    }
  }

  void read_events() {
    api::Event event;
    while (events_->next(event, milliseconds(0)) == EventSource::Next::kEvent) model_.add_event(event);
  }

  void read_backends() {
    if (lost_ || steady_clock::now() < backends_at_) return;
    backends_at_ = steady_clock::now() + kBackendsEvery;
    const api::ListBackendsRequest request;
    api::ListBackendsResponse response;
    if (invocation_.channel_for(request).call(request, response, kBackendsPatience).ok())
      model_.set_backends(response);
  }

  void change_state(TopAction action) {
    const auto& backend = model_.target();
    if (events_ == nullptr) return model_.set_notice("this is a recording: nothing to change");
    api::UpdateBackendRequest request;
    request.set_pool(backend->pool);
    request.mutable_backend()->set_endpoint(backend->endpoint);
    request.mutable_backend()->set_state(action == TopAction::kDrain ? api::BACKEND_STATE_DRAIN
                                                                     : api::BACKEND_STATE_READY);
    api::UpdateBackendResponse response;
    try {
      invocation_.call(request, response);
      model_.set_notice(fmt::format("{} {}: gen {}", printable(backend->endpoint),
                                    action == TopAction::kDrain ? "drains" : "is ready",
                                    response.result().generation()));
    } catch (const Failure& failure) {
      model_.set_notice(printable(failure.message()));
    }
    backends_at_ = {};
  }

  Invocation& invocation_;
  SampleSource& samples_;
  EventSource* events_;
  Silence silence_;
  TopModel model_;
  std::optional<api::StatsSample> before_;
  bool lost_ = false;
  steady_clock::time_point backends_at_;
};

class Top : public Command {
 public:
  Top()
      : Command({.name = "top",
                 .chapter = Chapter::kWatching,
                 .summary = "cores, listeners, backends and events on the whole terminal",
                 .details =
                     key_sentence() +
                     " Made for 80 columns by 24 rows and more; a smaller terminal shows fewer columns and "
                     "panes. "
                     "Without a UTF-8 locale or with --ascii it draws with plain characters, with NO_COLOR "
                     "without colors.",
                 .examples = {{"top", "watch everything"},
                              {"top --interval 250ms", "four times a second"},
                              {"top --replay busy.jsonl", "what stats --record kept"}},
                 .prints = Prints::kText,
                 .further_columns = TopModel::column_names()}) {
    setting_option(request_, "interval");
    option(
        "--replay", "FILE", "show a file that stats --record wrote instead of the daemon",
        [this](const std::string& path) { replay_ = path; }, kReplayField);
    flag("--ascii", "draw with plain characters", [this] { ascii_ = true; });
  }

  ExitCode run(Invocation& invocation) override {
    if (replay_ && request_.has_interval()) {
      throw usage_failure("--interval: does not go with --replay, a recording has intervals of its own");
    }
    SignalWatch signals;
    std::unique_ptr<SampleSource> samples;
    std::optional<EventSource> events;
    if (replay_) {
      samples = std::make_unique<ReplaySource>(*replay_, true);
    } else {
      request_.set_always_complete(true);
      events.emplace(invocation, 0, std::vector<api::EventKind>());
      samples = std::make_unique<LiveSource>(invocation, request_);
    }
    api::StatsSample first;
    SampleSource::Next next = SampleSource::Next::kNothing;
    while (!signals.ended() && next == SampleSource::Next::kNothing)
      next = samples->next(first, milliseconds(100));
    if (next != SampleSource::Next::kSample) return ExitCode::kDone;
    const Console& console = invocation.console();
    CursesScreen screen(console.color);
    TopLoop(invocation, *samples, events ? &*events : nullptr, console.unicode && !ascii_)
        .run(screen, signals, std::move(first));
    return ExitCode::kDone;
  }

 private:
  api::WatchStatsRequest request_;
  std::optional<std::string> replay_;
  bool ascii_ = false;
};

}  // namespace

std::unique_ptr<Command> top() { return std::make_unique<Top>(); }

}  // namespace demo::ctl
