// The supervisor's life: opening, the loop, and the turns that bring everybody in step. A change of anything
// raises the version of what the workers shall have in force (SnapshotSource) and schedules progress(), which
// offers it; acknowledgements come back as progress of the workers, and end what waits for them.
#include "supervisor/supervisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/counted.h"
#include "base/descriptor_shortage.h"
#include "base/limits.h"
#include "base/log.h"
#include "supervisor/backends/system_lookup.h"
#include "supervisor/handover/inherited_areas.h"
#include "supervisor/upgrade/stray_children.h"
#include "supervisor/worker_places.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// How often sockets that are on their way out are looked at.
constexpr milliseconds kSettlePeriod{100};
// How often the heap is looked at.
constexpr std::chrono::seconds kTrimPeriod{5};
// At the start a port may still be held by the workers of a daemon that just died: tried this long.
constexpr milliseconds kBusyPortPatience{1000};
constexpr milliseconds kBusyPortPause{50};
// A leave that the service manager keeps waiting for longer is not waited for by who asked, either.
constexpr milliseconds kLeavePatience{4000};

// Takes the store over.
SavedState::Start saved_at_start(SupervisorOptions& options) {
  return {std::exchange(options.store, std::nullopt), options.saved_config, options.file_base,
          options.file_base_kept, options.encode};
}

FileChanges::Source file_source(const SupervisorOptions& options) {
  return {options.config_file, options.read_file, options.read_text, options.file_config};
}

StatsLayout layout_of(const Snapshot& snapshot, std::vector<StatsLayout::WorkerEntry> workers,
                      std::uint64_t generation) {
  StatsLayout layout;
  layout.generation = generation;
  layout.workers = std::move(workers);
  for (const SnapshotListener& listener : snapshot.listeners) {
    if (listener.leaving) continue;
    layout.listeners.push_back({listener.address.to_string(), listener.slot});
  }
  for (const SnapshotPool& pool : snapshot.pools) {
    for (const SnapshotMember& member : pool.members) {
      layout.backends.push_back({pool.name, member.name(), member.address.to_string(), member.slot});
    }
  }
  return layout;
}

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::open(boost::asio::io_context& loop,
                                                     SupervisorOptions options) {
  auto stats = open_stats(options.inheritance);
  if (!stats) return stats.error();
  auto quota = open_quota(options.inheritance, static_cast<unsigned>(options.cores.cores.size()));
  if (!quota) return quota.error();
  std::unique_ptr<Supervisor> supervisor(
      new Supervisor(loop, std::move(options), std::move(*stats), std::move(*quota)));
  if (const auto& state = supervisor->options_.run_state) {
    supervisor->carried_.restore(*state, !supervisor->options_.refusal.empty());
  }
  auto news = supervisor->handover_.take_over(std::move(supervisor->options_.inheritance));
  if (!news) return news.error();
  // Before any place gets another owner, which begins at what the pages say by then.
  supervisor->sampler_.set_layout({0, supervisor->fleet_.workers().stats_entries(), {}, {}});
  if (!news->empty()) {
    supervisor->events_.announce(EventKind::kWarning, LogLevel::kNotice, "supervisor", *news);
  }
  if (auto opened = supervisor->open_sockets(); !opened) return opened.error();
  return supervisor;
}

Supervisor::Supervisor(boost::asio::io_context& loop, SupervisorOptions options, StatsArea stats,
                       QuotaArea quota)
    : loop_(loop),
      options_(std::move(options)),
      event_log_(EventLog::number_of_now()),
      events_(event_log_, options_.workers.journal, running_.generation),
      stats_(std::move(stats)),
      quota_(std::move(quota)),
      sampler_(stats_),
      places_([this](std::uint32_t slot) { return sampler_.counts_in_listener(slot); },
              [this](std::uint32_t slot) {
                sampler_.restart_listener(slot);
                traffic_.forget_listener(slot);
              }),
      members_(loop, system_lookup(loop),
               {[this] { snapshots_.changed(); },
                [this](EventKind kind, const std::string& subject, const std::string& message) {
                  const LogLevel level =
                      kind == EventKind::kBackendUp ? LogLevel::kNotice : LogLevel::kWarning;
                  events_.announce(kind, level, "backend " + subject, message);
                },
                [this](std::uint32_t slot) {
                  sampler_.restart_backend(slot);
                  traffic_.forget_backend(slot);
                },
                [this](std::uint32_t slot) { return sampler_.counts_in_backend(slot); }}),
      loops_(events_),
      fleet_(loop, options_.workers, stats_, quota_, events_, running_.generation,
             {[this] { schedule_progress(); }, [this] { snapshots_.changed(); }}),
      handover_(loop, {running_, sockets_, places_, members_, fleet_.workers(), stats_, quota_},
                options_.descriptor_store, [this] { schedule_progress(); }),
      snapshots_({running_, sockets_, places_, members_, loops_, quota_}, [this] { schedule_progress(); }),
      traffic_({running_, sampler_, sockets_, places_, members_, fleet_.workers(), loops_, events_}),
      second_({sampler_, stats_, fleet_.workers(), events_}, options_.verbose),
      saved_(loop, saved_at_start(options_), running_, events_, [this] { tell_systemd(); }),
      steps_({running_, saved_, sockets_, places_, members_, loops_, fleet_, snapshots_, events_, clock_,
              handover_, options_.cores},
             [this] { drains_.on_committed(running_.config, running_.generation); }),
      changes_(loop, steps_, options_.ack_timeout),
      drains_(loop, {[this](ChangeRequest request, ChangeQueue::Done done) {
                       changes_.push(std::move(request), std::move(done));
                     },
                     [this](const BackendKey& key) { return sampler_.standing(key.pool, key.endpoint); },
                     event_log_}),
      file_(loop, file_source(options_), changes_, saved_),
      carried_({running_, event_log_, saved_, members_, fleet_, snapshots_, drains_, reloads_, options_}),
      upgrade_(loop, {handover_, changes_, carried_, drains_, fleet_.workers(), events_}, options_,
               [this] { loop_.stop(); }),
      status_(
          {running_, saved_, sockets_, places_, fleet_, traffic_, second_, handover_, upgrade_, troubles_},
          {options_.config_source, options_.start_warning, options_.cores, options_.ack_timeout,
           options_.started}),
      told_listeners_(status_, events_),
      second_timer_(loop, [this] { on_second(); }),
      settle_timer_(loop, [this] { progress(); }),
      watchdog_timer_(loop, [this] { systemd_.alive(); }),
      trim_timer_(loop, [this] { heap_.look(); }) {}

// What was handed over, or taken over and never put in force, is the next supervisor's.
Supervisor::~Supervisor() {
  if (!leaving_ && running_.generation > 0) return;
  sockets_.let_go();
  fleet_.workers().let_go();
}

// What cannot be had at an upgrade is a trouble, and tried again: the version before could not have it,
// either.
Status Supervisor::open_sockets() {
  const bool serves = options_.run_state.has_value();
  if (auto possible = steps_.check(options_.config); !possible) {
    if (!serves) return possible;
    events_.announce(EventKind::kWarning, LogLevel::kError, "supervisor", possible.error().message);
  }
  if (auto opened = prepare_sockets(); !opened) {
    if (!serves || Signals::end_is_asked()) return opened;
    const auto places = places_of(options_.config, options_.cores);
    opened = sockets_.prepare(options_.config, places, ListenerSockets::Patience::kAll);
    if (!opened) return opened;
  }
  auto signals = Signals::open(loop_, [this](int signal) { on_signal(signal); });
  if (!signals) return signals.error();
  signals_ = std::move(*signals);
  return {};
}

Status Supervisor::prepare_sockets() {
  auto deadline = std::chrono::steady_clock::now() + kBusyPortPatience;
  bool waits_for_workers = false;
  bool killed = false;
  const auto prepare_start = [this] {
    const auto places = places_of(options_.config, options_.cores);
    return sockets_.prepare(options_.config, places, ListenerSockets::Patience::kStart);
  };
  for (Status opened = prepare_start(); !opened; opened = prepare_start()) {
    const bool busy = opened.error().code == ErrorCode::kAlreadyExists;
    if (busy && handover_.lacks_socket_of(opened.error().value) && !std::exchange(waits_for_workers, true)) {
      // Those who serve there hold the port until they have drained.
      fleet_.workers().drain_predecessors();
      deadline += limits::kDrainTimeout;
    }
    const bool late = std::chrono::steady_clock::now() > deadline;
    if (busy && late && waits_for_workers && !std::exchange(killed, true)) {
      log(LogLevel::kWarning,
          "workers of the supervisor before hold a port after their drain deadline: killed");
      fleet_.workers().end_predecessors();
      deadline += kBusyPortPatience;
    } else if (!busy || late || Signals::end_is_asked()) {
      return opened;
    }
    std::this_thread::sleep_for(kBusyPortPause);
  }
  return {};
}

// Whoever executed this program in its place knew what ran.
void Supervisor::begin_generations() {
  const SavedState::LastGeneration last = saved_.last_generation();
  running_.generation =
      options_.run_state ? handover_.last_generation() : std::max(last.number, handover_.last_generation());
  if (last.doubt.empty()) return;
  events_.announce(EventKind::kWarning, LogLevel::kError, "generation",
                   fmt::format("goes on from {}, the time: {}", last.number, last.doubt));
}

int Supervisor::run() {
  if (!std::exchange(begun_, true)) begin();
  loop_.restart();
  serve();
  if (!upgrade_.due()) saved_.end();
  return 0;
}

void Supervisor::begin() {
  begin_generations();
  const auto& carried = options_.run_state;
  if (!carried || !carried_.restore_saved(*carried)) {
    saved_.begin(options_.config);
  }
  steps_.commit(options_.config);
  if (carried) carried_.go_on(*carried);
  if (carried && carried->reload_owed()) reload();
  upgrade_.tell_origin();
  second_timer_.start_every(std::chrono::seconds(1));
  trim_timer_.start_every(kTrimPeriod);
  if (const auto period = SystemdNotify::watchdog_period()) {
    systemd_.alive();
    watchdog_timer_.start_every(*period);
  }
}

void Supervisor::serve() {
  for (bool ended = false; !ended;) {
    // What a library throws for a shortage, or what nobody foresaw, spoils one step and not the traffic.
    try {
      loop_.run();
      ended = true;
    } catch (const std::exception& error) {
      // Whatever threw may be called again at once.
      const auto left_out = unexpected_log_.pass(monotonic_ns());
      if (!left_out) continue;
      events_.announce(EventKind::kWarning, LogLevel::kError, "supervisor",
                       fmt::format("goes on after a failure that nobody expected: {}; {} before it",
                                   error.what(), counted(*left_out, "other")));
    }
  }
}

void Supervisor::schedule_progress() {
  if (std::exchange(progress_scheduled_, true)) return;
  boost::asio::post(loop_, [this] {
    progress_scheduled_ = false;
    progress();
  });
}

void Supervisor::progress() {
  WorkerSet& workers = fleet_.workers();
  workers.forget_gone([this](unsigned index, unsigned page) { sampler_.retire_page(index, page); });
  if (running_.stopping && workers.empty()) {
    loop_.stop();
    return;
  }
  if (running_.stopping) {
    handover_.look(false);
    workers.offer(snapshots_.version(), snapshots_.snapshot(), {});
    return;
  }
  const std::vector<WorkerStanding> standings = workers.standings();
  steps_.settle(standings);
  look_at_service();
  const bool rebuilt = snapshots_.rebuild();
  if (rebuilt) traffic_.settle(*snapshots_.snapshot());
  handover_.look(rebuilt);
  if (leaving_ && handover_.complete()) {
    drains_.stop();
    loop_.stop();
    return;
  }
  look_at_handover();
  const auto slot_of = [this](const Listener& listener) { return places_.find(listener); };
  if (handover_.may_offer()) {
    workers.offer(snapshots_.version(), snapshots_.snapshot(), sockets_.loans(standings, slot_of));
  }
  if (sockets_.pending() && !settle_timer_.running()) settle_timer_.start(kSettlePeriod);
  changes_.on_progress();
  update_layout();
  upgrade_.on_progress();
  tell_systemd();
}

void Supervisor::update_layout() {
  sampler_.set_layout(
      layout_of(*snapshots_.snapshot(), fleet_.workers().stats_entries(), running_.generation));
}

void Supervisor::tell_systemd() {
  const std::string line = status_.line();
  if (fleet_.workers().have_started()) systemd_.ready(line);
  systemd_.status(line);
}

void Supervisor::on_second() {
  systemd_.catch_up();
  if (!options_.refusal.empty() && !upgrade_.under_way()) {
    reap_stray_children([this](pid_t pid) { return is_worker(pid); });
  }
  fleet_.workers().check_heartbeats(clock_.now_ns());
  look_at_descriptors();
  look_at_handover();
  look_at_service();
  members_.look_for_places();
  look_after_listeners();
  if (!running_.config.pools.empty() && loops_.host_changed()) snapshots_.changed();
  look_at_traffic();
  second_.look(any_by_core());
}

void Supervisor::look_at_descriptors() {
  const std::string why = why_no_descriptor();
  const DescriptorWatch::Change change = descriptors_.look(monotonic_ns(), why);
  if (change == DescriptorWatch::Change::kNone) return;
  const bool began = change == DescriptorWatch::Change::kBegan;
  events_.announce(EventKind::kWarning, began ? LogLevel::kError : LogLevel::kNotice, "file descriptors",
                   began ? why : "there are some again");
  tell_systemd();
}

void Supervisor::look_at_handover() {
  const auto patience = static_cast<std::uint64_t>(std::chrono::nanoseconds(kLeavePatience).count());
  if (leaving_ && monotonic_ns() - leaving_since_ns_ > patience) {
    leaving_ = false;
    log(LogLevel::kWarning, "not leaving: the service manager has not taken in time what it is to keep");
  }
  const std::string problem = handover_.problem();
  if (problem == told_handover_) return;
  told_handover_ = problem;
  events_.announce(EventKind::kWarning, problem.empty() ? LogLevel::kNotice : LogLevel::kWarning, "restart",
                   problem.empty() ? "would lose nothing again" : problem);
}

void Supervisor::look_at_service() {
  if (running_.stopping) return;
  const WorkerSet& workers = fleet_.workers();
  const bool held_off = gap_.look(workers.any_ready(), workers.any_failed(), clock_.now_ns());
  if (!sockets_.take_new(!held_off)) return;
  events_.announce(EventKind::kWarning, held_off ? LogLevel::kError : LogLevel::kNotice, "listeners",
                   held_off ? "no worker accepts: new connections are not taken until one does"
                            : "new connections are taken again");
  tell_systemd();
}

void Supervisor::look_after_listeners() {
  if (running_.stopping) return;
  told_listeners_.tell_passed();
  const bool again = sockets_.look_around();
  tell_listener_problems();
  if (again && steps_.apply_again()) tell_listener_problems();
}

void Supervisor::tell_listener_problems() {
  if (told_listeners_.tell_problems()) schedule_progress();
}

void Supervisor::look_at_traffic() {
  if (!snapshots_.snapshot() || running_.stopping) return;
  if (traffic_.look(clock_.now_ns(), *snapshots_.snapshot(), status_.planned_workers())) tell_systemd();
}

bool Supervisor::any_by_core() const {
  const auto& listeners = running_.config.listeners;
  return std::any_of(listeners.begin(), listeners.end(), [this](const Listener& listener) {
    const SocketGroup* const group = sockets_.find(listener);
    return group != nullptr && group->mode() == AcceptMode::kReuseportCpu;
  });
}

}  // namespace demo
