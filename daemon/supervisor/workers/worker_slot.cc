#include "supervisor/workers/worker_slot.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <set>
#include <utility>

#include "base/background_log.h"
#include "base/clock.h"
#include "base/counted.h"
#include "supervisor/figures/stats_gauges.h"

namespace demo {
namespace {

static_assert(StatsArea::kPages <= kQuotaSeats, "each page is a seat");

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// A worker that does not even leave after it closed everything at its deadline.
constexpr milliseconds kDrainSlack{5000};

// Without a descriptor for those that the worker holds.
std::vector<SocketGrant> grants_for(const std::vector<SocketLoan>& loans,
                                    const std::set<std::uint64_t>& held) {
  std::vector<SocketGrant> grants;
  grants.reserve(loans.size());
  for (const SocketLoan& loan : loans) {
    grants.push_back({loan.id, loan.listener_slot, held.contains(loan.id) ? SharedFd() : loan.fd});
  }
  return grants;
}

}  // namespace

WorkerSlot::WorkerSlot(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
                       QuotaKeeper& quota, unsigned page, WorkerPlace place, Observer& observer)
    : loop_(loop),
      settings_(settings),
      stats_(stats),
      quota_(quota),
      observer_(observer),
      page_(page),
      place_(place),
      restart_timer_(loop, [this] { (void)start(); }),
      kill_timer_(loop,
                  [this] {
                    if (!process_) return;
                    observer_.on_worker_trouble(*this, "did not leave after its drain deadline: killed");
                    process_->kill(SIGKILL);
                  }),
      shortage_timer_(loop, [this] { retry(); }) {}

WorkerSlot::~WorkerSlot() = default;

void WorkerSlot::enter(WorkerEvent event) {
  const auto next = transition(state_, event);
  if (!next) std::abort();
  state_ = *next;
}

// A page goes on where the last process left it; a heartbeat of the past would end the new process at once.
void WorkerSlot::prepare_page() {
  stats_.prepare_page(page_);
  stats_.writable_page(page_).worker.heartbeat_ns.set(monotonic_ns());
}

Status WorkerSlot::start() {
  if (process_ || leaving()) return {};
  auto spawned = spawn();
  if (spawned) return spawned;
  if (spawned.error().code == ErrorCode::kResourceExhausted) {
    restart_timer_.start(kShortageRetry);
  } else {
    start_later();
  }
  return spawned;
}

Status WorkerSlot::start_to_succeed(const WorkerSlot& other) {
  role_ = SlotRole::kSuccessor;
  respawns_ = other.respawns_;
  last_exit_ = other.last_exit_;
  inherit(other.held_notices());
  return spawn();
}

Status WorkerSlot::spawn() {
  restart_timer_.stop();
  prepare_page();
  started_ = std::chrono::steady_clock::now();
  beat_.forget();
  asked_ns_.reset();
  sent_ = {};
  held_.clear();
  in_flight_.reset();
  acked_version_ = 0;
  channel_lost_ = false;
  confinement_.reset();
  quota_.take_seat(page_);
  auto process =
      WorkerProcess::spawn(loop_,
                           {settings_.binary, place_.index, place_.core, stats_.fd(), quota_.area(), page_,
                            settings_.journal, settings_.program.get(), settings_.user},
                           *this);
  if (!process) {
    const std::string& why = process.error().message;
    if (std::exchange(start_failure_, why) != why) {
      observer_.on_worker_trouble(
          *this, "does not start: " + why + (role_ == SlotRole::kPresent ? ", tried again" : ""));
    }
    return process.error();
  }
  start_failure_.clear();
  process_ = std::move(*process);
  settings_.pids->add(process_->pid());
  enter(WorkerEvent::kSpawned);
  observer_.on_worker_started(*this);
  observer_.on_worker_progress(*this);
  return {};
}

void WorkerSlot::start_later() {
  const auto lived = duration_cast<milliseconds>(std::chrono::steady_clock::now() - started_);
  restart_timer_.start(policy_.delay_after_death(lived));
}

void WorkerSlot::move_to_core(unsigned core) {
  if (place_.core == core) return;
  place_.core = core;
  if (!process_) return;
  if (auto moved = process_->move_to_core(core); !moved)
    observer_.on_worker_trouble(*this, moved.error().message);
}

void WorkerSlot::offer(const WorkerWish& wish) {
  if (!process_ || !wish.snapshot || process_->channel_closed() || process_->adopted()) return;
  const bool same = sent_.snapshot == wish.snapshot && sent_.sockets == wish.sockets;
  if (same) {
    // What is in force, or on its way, is what is wished: the newer version needs no message.
    if (in_flight_) {
      in_flight_ = wish.version;
    } else {
      acked_version_ = wish.version;
      end_shortage(wish_shortage_);
    }
    return;
  }
  if (in_flight_) return;
  ApplySnapshot message{*wish.snapshot, grants_for(wish.sockets, held_)};
  if (state_ == WorkerState::kStarting) message.ejections = inherited_ejections();
  if (auto sent = process_->send(std::move(message)); !sent) return on_unsent(wish_shortage_, sent.error());
  sent_ = wish;
  // A socket that is closed here is to be closed.
  for (SocketLoan& loan : sent_.sockets) loan.fd.reset();
  in_flight_ = wish.version;
  asked_ns_.reset();
}

void WorkerSlot::drain() {
  role_ = SlotRole::kLeaving;
  restart_timer_.stop();
  if (!process_ || state_ == WorkerState::kDraining) return;
  forced_ = 0;
  enter(WorkerEvent::kDrainRequested);
  if (process_->adopted()) {
    process_->end_channel();
  } else if (auto sent = process_->send(Drain{settings_.drain_timeout}); !sent) {
    on_garbage(sent.error());
  }
  wait_for_drain();
}

void WorkerSlot::wait_for_drain() {
  if (!patient_) kill_timer_.start(settings_.drain_timeout + kDrainSlack);
}

void WorkerSlot::pass_log() {
  if (!process_ || process_->adopted()) return;
  log_sent_ = false;
  UniqueFd log(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!log) return on_shortage(log_shortage_, "keeps its old log: " + errno_text(errno));
  if (auto sent = process_->send(UseLog{std::move(log), open_own_log()}); !sent)
    return on_unsent(log_shortage_, sent.error());
  log_sent_ = true;
  if (log_shortage_.there() && !shortage_timer_.running()) shortage_timer_.start(kShortageRetry);
}

void WorkerSlot::pass_distrust(const HeldNotice& held, std::uint64_t now_ns) {
  // It needs not tell what is known.
  if (pass(held, now_ns)) notices_.note(held.notice, held.since_ns, held.since);
}

// Whether it went: without it the process finds out for itself.
bool WorkerSlot::pass(const HeldNotice& held, std::uint64_t now_ns) {
  if (!process_ || process_->adopted() || process_->channel_closed() || held.until_ns() <= now_ns)
    return false;
  auto sent = process_->send(held.left_at(now_ns));
  if (!sent && sent.error().code != ErrorCode::kResourceExhausted) on_garbage(sent.error());
  return static_cast<bool>(sent);
}

// Nobody's fault, and least of all the worker's.
void WorkerSlot::on_shortage(WorkerShortage& shortage, const std::string& what) {
  if (shortage.fail(what)) observer_.on_worker_trouble(*this, what + ", tried again");
  if (!shortage_timer_.running()) shortage_timer_.start(kShortageRetry);
}

void WorkerSlot::end_shortage(WorkerShortage& shortage) {
  if (const auto failures = shortage.end()) {
    observer_.on_worker_relief(
        *this, fmt::format("has what it lacked, after {} in vain", counted(*failures, "try", "tries")));
  }
}

void WorkerSlot::on_unsent(WorkerShortage& shortage, const Error& error) {
  if (error.code == ErrorCode::kResourceExhausted) return on_shortage(shortage, error.message);
  on_garbage(error);
}

void WorkerSlot::retry() {
  if (!process_) return;
  if (log_shortage_.there()) {
    // Its answer to what it could not take would have come by now.
    log_sent_ ? end_shortage(log_shortage_) : pass_log();
  }
  observer_.on_worker_progress(*this);
}

void WorkerSlot::end() {
  role_ = SlotRole::kLeaving;
  restart_timer_.stop();
  if (process_) process_->kill(SIGKILL);
}

void WorkerSlot::check_heartbeat(std::uint64_t watched_ns) {
  if (!process_) return;
  if (process_->channel_closed() && std::exchange(channel_lost_, true)) {
    observer_.on_worker_trouble(*this, "closed its channel without leaving: killed");
    process_->kill(SIGKILL);
    return;
  }
  // What this host is short of, or the worker, is no reason to end it: its time begins when it has all.
  if (!in_flight_ || process_->is_short()) asked_ns_.reset();
  if (!asked_ns_) asked_ns_ = watched_ns;
  const auto limit =
      static_cast<std::uint64_t>(std::chrono::nanoseconds(settings_.heartbeat_timeout).count());
  // Of a process of another build nobody knows.
  const bool still = stats_.page(page_).worker.heartbeat_ns.get() != 0 &&
                     beat_.lasts(stats_.page(page_).worker.heartbeat_ns.get(), watched_ns) > limit;
  const bool never_ready = state_ == WorkerState::kStarting && watched_ns - *asked_ns_ > limit;
  if (!still && !never_ready) return;
  observer_.on_worker_trouble(
      *this, fmt::format("{} for {} s: killed", still ? "its loop has stood still" : "did not get ready",
                         duration_cast<std::chrono::seconds>(settings_.heartbeat_timeout).count()));
  process_->kill(SIGKILL);
}

WorkerStanding WorkerSlot::standing() const {
  const bool serving = state_ == WorkerState::kStarting || state_ == WorkerState::kReady;
  // What an adopted process holds does not hinder the end of a socket, which is shut down for everybody.
  const bool running = process_ && !process_->adopted();
  return {place_, running, serving && !leaving(), state_ == WorkerState::kReady && !leaving(),
          acked_version_};
}

WorkerReport WorkerSlot::report() const {
  WorkerReport report;
  report.index = place_.index;
  report.core = place_.core;
  report.pid = process_ ? process_->pid() : 0;
  report.state = state_;
  report.shortage = process_ && process_->is_short() ? "descriptors or memory are short"
                    : wish_shortage_.there()         ? wish_shortage_.why()
                                                     : log_shortage_.why();
  report.planned = role_ == SlotRole::kPresent;
  report.generation = acked_generation_;
  report.heartbeat_ns = stats_.page(page_).worker.heartbeat_ns.get();
  report.respawns = respawns_;
  report.last_exit = last_exit_;
  report.problems = problems_;
  report.confinement = confinement_;
  if (!start_failure_.empty()) report.trouble = "does not start: " + start_failure_ + ", tried again";
  return report;
}

void WorkerSlot::on_message(Message message) {
  if (auto* ack = std::get_if<Ack>(&message)) {
    on_acknowledged(std::move(*ack));
  } else if (const auto* drained = std::get_if<Drained>(&message)) {
    forced_ = drained->forced;
  } else if (const auto* notice = std::get_if<BackendNotice>(&message)) {
    const bool is_new = notices_.note(*notice, monotonic_ns(), std::chrono::system_clock::now());
    if (is_new) observer_.on_backend_notice(*this, *notice);
    if (notice->news == BackendNews::kDistrusted) observer_.on_distrust(*notice);
  } else if (const auto* incomplete = std::get_if<Incomplete>(&message)) {
    on_incomplete(*incomplete);
  } else if (const auto* loss = std::get_if<LogLoss>(&message)) {
    observer_.on_log_loss(loss->lines);
  } else {
    on_garbage(Error{ErrorCode::kInvalidArgument, "a message that only the supervisor sends", "", ""});
  }
}

void WorkerSlot::on_incomplete(const Incomplete& message) {
  const char* const what = "has no room for descriptors that it needs";
  if (message.log) {
    log_sent_ = false;
    return on_shortage(log_shortage_, what);
  }
  in_flight_.reset();
  sent_ = {};
  on_shortage(wish_shortage_, what);
}

void WorkerSlot::on_acknowledged(Ack ack) {
  if (!in_flight_) return on_garbage({ErrorCode::kInvalidArgument, "an acknowledgement of nothing", "", ""});
  acked_version_ = *std::exchange(in_flight_, std::nullopt);
  held_.clear();
  for (const SocketLoan& loan : sent_.sockets) held_.insert(loan.id);
  acked_generation_ = ack.generation;
  problems_ = std::move(ack.problems);
  confinement_ = std::move(ack.confinement);
  for (const std::string& problem : problems_) observer_.on_worker_trouble(*this, problem);
  end_shortage(wish_shortage_);
  const bool first = state_ == WorkerState::kStarting;
  enter(WorkerEvent::kAcknowledged);
  inherited_.clear();
  if (first) observer_.on_worker_ready(*this);
  observer_.on_worker_progress(*this);
}

void WorkerSlot::on_garbage(const Error& error) {
  observer_.on_worker_trouble(*this, fmt::format("its channel is broken ({}): killed", error.message));
  process_->kill(SIGKILL);
}

// After the process has ended: zeroes what it counted as being now, and frees what it held of shared limits.
// The number of its client connections.
std::uint64_t WorkerSlot::clear_up() {
  const std::uint64_t lost = zero_gauges(stats_, page_);
  quota_.free_seat(page_);
  return lost;
}

void WorkerSlot::on_exit(const ProcessExit& exit) {
  const bool asked = state_ == WorkerState::kDraining;
  const bool adopted = process_->adopted();
  settings_.pids->remove(process_->pid());
  process_.reset();
  const std::uint64_t lost = clear_up();
  // It cannot count them itself any more.
  if (asked) stats_.writable_page(page_).worker.forced_closes.add(lost);
  // Nobody heard its last word.
  if (adopted) forced_ = stats_.page(page_).worker.forced_closes.get() - forced_before_;
  kill_timer_.stop();
  patient_ = false;
  shortage_timer_.stop();
  // They ended with the process, which is what is told.
  wish_shortage_.end();
  log_shortage_.end();
  log_sent_ = false;
  in_flight_.reset();
  sent_ = {};
  enter(WorkerEvent::kExited);
  if (role_ == SlotRole::kPresent) {
    last_exit_ = exit.describe();
    ++respawns_;
    start_later();
  }
  observer_.on_worker_exited(*this, exit, lost, asked);
  for (const BackendNotice& end : notices_.end("its process has ended")) {
    observer_.on_backend_notice(*this, end);
  }
  observer_.on_worker_progress(*this);
}

}  // namespace demo
