#include "supervisor/supervisor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <ctime>
#include <exception>
#include <random>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/counted.h"
#include "base/limits.h"
#include "base/log.h"
#include "supervisor/backends/system_lookup.h"
#include "supervisor/reports/verbose_report.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// How often sockets that are on their way out are looked at.
constexpr milliseconds kSettlePeriod{100};
// At the start a port may still be held by the workers of a daemon that just died: tried this long.
constexpr milliseconds kBusyPortPatience{1000};
constexpr milliseconds kBusyPortPause{50};

// Nobody who does not get our requests can know it, and no two daemons have the same.
std::string make_loop_name() {
  std::random_device random;
  return fmt::format("demo-server-{:08x}{:08x}", random(), random());
}

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::open(boost::asio::io_context& loop,
                                                     SupervisorOptions options) {
  auto stats = StatsArea::create();
  if (!stats) return stats.error();
  auto quota = QuotaArea::create(static_cast<unsigned>(options.cores.cores.size()));
  if (!quota) return quota.error();
  std::unique_ptr<Supervisor> supervisor(
      new Supervisor(loop, std::move(options), std::move(*stats), std::move(*quota)));
  if (auto opened = supervisor->open_sockets(); !opened) return opened.error();
  return supervisor;
}

Supervisor::Supervisor(boost::asio::io_context& loop, SupervisorOptions options, StatsArea stats,
                       QuotaArea quota)
    : loop_(loop),
      options_(std::move(options)),
      started_(std::chrono::system_clock::now()),
      loop_name_(make_loop_name()),
      events_(EventLog::number_of_now()),
      stats_(std::move(stats)),
      quota_(std::move(quota)),
      sampler_(stats_),
      listener_slots_(limits::kListeners,
                      [this](std::uint32_t slot) { return sampler_.counts_in_listener(slot); }),
      failures_([this](const std::string& backend, FailureTable::Change change,
                       const std::string& what) { on_failure_change(backend, change, what); },
                [this](const std::string& pool, const std::string& endpoint) {
                  return why_out(config_, pool, endpoint);
                }),
      members_(loop, system_lookup(loop),
               {[this] { wish_changed(); },
                [this](EventKind kind, const std::string& subject, const std::string& message) {
                  announce(kind, kind == EventKind::kBackendUp ? LogLevel::kNotice : LogLevel::kWarning,
                           "backend " + subject, message);
                },
                [this](std::uint32_t slot) {
                  sampler_.restart_backend(slot);
                  failures_.forget(slot);
                  refusals_.forget_backend(slot);
                },
                [this](std::uint32_t slot) { return sampler_.counts_in_backend(slot); }}),
      workers_(loop, options_.workers, stats_, quota_, *this),
      changes_(loop, *this, options_.ack_timeout),
      file_(loop, options_.config_file, options_.read_file, options_.read_text, options_.file_config),
      restart_([this](unsigned worker) {
        restart_timer_.start(2 * options_.workers.heartbeat_timeout);
        return workers_.restart(worker);
      }),
      second_timer_(loop, [this] { on_second(); }),
      settle_timer_(loop, [this] { progress(); }),
      watchdog_timer_(loop, [this] { systemd_.alive(); }),
      restart_timer_(loop, [this] { restart_.give_up("did not restart in time"); }),
      store_retry_(loop, options_.store ? options_.store->directory() : "", [this] { keep_again(); }) {}

Supervisor::~Supervisor() = default;

Status Supervisor::open_sockets() {
  if (auto possible = check(options_.config); !possible) return possible;
  const auto deadline = std::chrono::steady_clock::now() + kBusyPortPatience;
  const auto prepare_start = [this] {
    const auto places = places_of(options_.config);
    return sockets_.prepare(options_.config, places, ListenerSockets::Patience::kStart);
  };
  for (Status opened = prepare_start(); !opened; opened = prepare_start()) {
    const bool busy = opened.error().code == ErrorCode::kAlreadyExists;
    if (!busy || std::chrono::steady_clock::now() > deadline) return opened;
    std::this_thread::sleep_for(kBusyPortPause);
  }
  auto signals = Signals::open(loop_, [this](int signal) { on_signal(signal); });
  if (!signals) return signals.error();
  signals_ = std::move(*signals);
  return {};
}

int Supervisor::run() {
  lasting_ = options_.config;
  running_base_ = options_.file_base;
  if (options_.store) {
    const auto last = options_.store->last_generation();
    // Seconds are more than there ever were changes: none comes again.
    generation_ = last ? *last : static_cast<std::uint64_t>(std::time(nullptr));
    if (!last) {
      announce(EventKind::kWarning, LogLevel::kError, "generation",
               fmt::format("goes on from {}, the time: {}", generation_, last.error().message));
    }
    reserved_generation_ = generation_;
    // Before there is a state, nobody asks for it; with one, it would belong to that.
    if (!options_.saved_config) keep_file_base();
  }
  commit(options_.config);
  second_timer_.start_every(std::chrono::seconds(1));
  if (const auto period = SystemdNotify::watchdog_period()) watchdog_timer_.start_every(*period);
  for (bool ended = false; !ended;) {
    // What a library throws for a shortage, or what nobody foresaw, spoils one step and not the traffic.
    try {
      loop_.run();
      ended = true;
    } catch (const std::exception& error) {
      // Whatever threw may be called again at once.
      const auto left_out = unexpected_log_.pass(monotonic_ns());
      if (!left_out) continue;
      announce(EventKind::kWarning, LogLevel::kError, "supervisor",
               fmt::format("goes on after a failure that nobody expected: {}; {} before it", error.what(),
                           counted(*left_out, "other")));
    }
  }
  if (options_.store) reserve_generations(generation_);
  return 0;
}

void Supervisor::reserve_generations(std::uint64_t last) {
  const auto kept = options_.store->keep_generation(last);
  if (kept) reserved_generation_ = last;
  const std::string before =
      std::exchange(generation_doubt_, kept ? "" : "may come again after a restart: " + kept.error().message);
  look_after_store(0);
  if (generation_doubt_ == before) return;
  announce(EventKind::kWarning, kept ? LogLevel::kNotice : LogLevel::kError, "generation",
           kept ? "is kept again" : generation_doubt_);
}

std::vector<WorkerPlace> Supervisor::places_of(const Config& config) const {
  std::vector<WorkerPlace> places;
  for (const unsigned core : fit_workers(config.workers, options_.cores).cores) {
    places.push_back({static_cast<unsigned>(places.size()), core});
  }
  return places;
}

std::uint64_t Supervisor::watched_ns() { return began_ns_ + watched_.look(monotonic_ns()); }

GroupClock Supervisor::group_clock(const std::vector<WorkerStanding>& standings) {
  return {standings, version_ + 1, watched_ns()};
}

void Supervisor::wish_changed() {
  ++version_;
  snapshot_stale_ = true;
  schedule_progress();
}

void Supervisor::schedule_progress() {
  if (std::exchange(progress_scheduled_, true)) return;
  boost::asio::post(loop_, [this] {
    progress_scheduled_ = false;
    progress();
  });
}

void Supervisor::progress() {
  workers_.forget_gone([this](unsigned index, unsigned page) { sampler_.retire_page(index, page); });
  if (stopping_ && workers_.empty()) {
    loop_.stop();
    return;
  }
  if (stopping_) {
    workers_.offer(version_, snapshot_, {});
    return;
  }
  const std::vector<WorkerStanding> standings = workers_.standings();
  if (sockets_.settle(group_clock(standings))) {
    assign_listener_slots();
    ++version_;
    snapshot_stale_ = true;
  }
  rebuild_snapshot();
  const auto slot_of = [this](const Listener& listener) {
    return listener_slots_.find(listener.address.to_string());
  };
  workers_.offer(version_, snapshot_, sockets_.loans(standings, slot_of));
  if (sockets_.pending() && !settle_timer_.running()) settle_timer_.start(kSettlePeriod);
  changes_.on_progress();
  update_layout();
  tell_systemd();
}

void Supervisor::rebuild_snapshot() {
  if (!std::exchange(snapshot_stale_, false)) return;
  SnapshotFacts facts;
  facts.generation = generation_;
  facts.workers = static_cast<unsigned>(places_of(config_).size());
  facts.loop_name = loop_name_;
  facts.listener = [this](const Listener& listener) -> std::optional<ListenerFacts> {
    const SocketGroup* const group = sockets_.find(listener);
    const auto slot = listener_slots_.find(listener.address.to_string());
    if (group == nullptr || !slot) return std::nullopt;
    return ListenerFacts{*slot, group->bound(), group->mode()};
  };
  for (const SocketGroup* const group : sockets_.leaving()) {
    const auto slot = listener_slots_.find(group->listener().address.to_string());
    if (slot)
      facts.leaving.emplace_back(group->listener(), ListenerFacts{*slot, group->bound(), group->mode()});
  }
  find_looping_members();
  facts.members = [this](const Pool& pool, const Backend& backend) {
    std::vector<MemberFacts> members = members_.facts(pool, backend);
    std::erase_if(members, [this](const MemberFacts& m) { return looping_slots_.contains(m.slot); });
    return members;
  };
  Snapshot next = build_snapshot(config_, facts);
  // The same object for the same contents: workers that have it are not told again.
  if (!snapshot_ || !(*snapshot_ == next)) snapshot_ = std::make_shared<const Snapshot>(std::move(next));
  quota_.set_limits(shared_limits(*snapshot_));
  failures_.settle(*snapshot_);
}

void Supervisor::on_second() {
  systemd_.catch_up();
  workers_.check_heartbeats(watched_ns());
  look_at_descriptors();
  members_.look_for_places();
  look_after_listeners();
  look_at_own_addresses();
  look_at_backends();
  bool by_core = false;
  for (const Listener& listener : config_.listeners) {
    const SocketGroup* const group = sockets_.find(listener);
    by_core |= group != nullptr && group->mode() == AcceptMode::kReuseportCpu;
  }
  // A warning ends with the mode that it was about, and a later one begins anew.
  if (!by_core) balance_ = {};
  if (!by_core && !options_.verbose) return;
  StatsSample now = sampler_.sample();
  const std::string before = balance_.warning();
  balance_.feed(now, by_core);
  if (!balance_.warning().empty() && before.empty()) {
    announce(EventKind::kWarning, LogLevel::kWarning, "accept steering", balance_.warning());
  }
  if (!options_.verbose) return;
  if (last_second_.monotonic_ns != 0) {
    for (const std::string& line : verbose_report(last_second_, now)) log_line(LogLevel::kInfo, line);
  }
  for (const auto& entry : workers_.stats_entries()) {
    WorkerStats& stats = stats_.writable_page(entry.page).worker;
    stats.events_min.set(0);
    stats.events_max.set(0);
  }
  last_second_ = std::move(now);
}

void Supervisor::announce(EventKind kind, LogLevel level, const std::string& subject,
                          const std::string& message) {
  record(kind, subject, {level, message, {}, generation_, {}, {}});
}

void Supervisor::publish(EventKind kind, const std::string& subject, const std::string& message,
                         const std::string& caller) {
  Event event;
  event.kind = kind;
  event.subject = subject;
  event.message = message;
  event.caller = caller;
  event.generation = generation_;
  events_.publish(std::move(event));
}

void Supervisor::on_signal(int signal) {
  if (signal == SIGUSR1) {
    reopen_log();
  } else if (signal == SIGHUP) {
    reopen_log();
    reload();
  } else if (stopping_) {
    stop_at_once();
  } else {
    log(LogLevel::kNotice, "{}: draining, once more ends at once", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    stop();
  }
}

void Supervisor::reopen_log() {
  if (auto opened = options_.reopen_log(); !opened) {
    log_trouble_ = opened.error().message;
    announce(EventKind::kWarning, LogLevel::kError, "log", log_trouble_);
    return;
  }
  log_trouble_.clear();
  workers_.pass_log();
}

void Supervisor::stop() {
  stopping_ = true;
  systemd_.stopping();
  changes_.stop();
  restart_.stop();
  settle_timer_.stop();
  // In this order: what workers find in the queues then is all that there will be.
  sockets_.close_all();
  workers_.drain_all();
  schedule_progress();
}

void Supervisor::stop_at_once() {
  log(LogLevel::kWarning, "second signal: connections are cut");
  workers_.end_all();
  loop_.stop();
}

}  // namespace demo
