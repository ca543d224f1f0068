#include "net/accept_throttle.h"

#include <chrono>

#include "base/log.h"
#include "base/result.h"
#include "net/acceptor.h"

namespace demo {
namespace {

// How long accepting rests when no closing connection ends the pause: another process may hold the
// descriptors. And how often it is tried whether epoll takes an acceptor now.
constexpr std::chrono::milliseconds kPause{100};
// One log line in this time, however often accepting pauses.
constexpr std::uint64_t kLogEveryNs = 10'000'000'000;

}  // namespace

AcceptThrottle::AcceptThrottle(Loop& loop, ConnectionBudget& budget, WorkerStats& stats)
    : Timer(Timer::call<AcceptThrottle>),
      YieldingWatch(Watch::call<AcceptThrottle>),
      loop_(loop),
      budget_(budget),
      stats_(stats) {}

void AcceptThrottle::add(Acceptor& acceptor) { acceptors_.push_back(&acceptor); }
void AcceptThrottle::remove(Acceptor& acceptor) {
  std::erase(acceptors_, &acceptor);
  if (acceptors_.empty()) budget_.leave_line();
}

void AcceptThrottle::pause_at_limit() {
  if (paused_) return;
  pause();
  stats_.at_limit.set(1);
  budget_.stand_in_line(loop_.now_ns());
  if (loop_.now_ns() - last_log_ns_ < kLogEveryNs) return;
  last_log_ns_ = loop_.now_ns();
  log(LogLevel::kWarning, "connection limit of {}{} reached, accepting pauses until one closes",
      budget_.limit(), budget_.in_line() ? " of all workers" : "");
}

void AcceptThrottle::pause_after_error(int error_number) {
  stats_.accept_errors.add();
  pause();
  budget_.leave_line();
  loop_.timers().arm(*this, kPause);
  if (loop_.now_ns() - last_log_ns_ < kLogEveryNs) return;
  last_log_ns_ = loop_.now_ns();
  log(LogLevel::kWarning, "accept4: {}; accepting pauses, the kernel's queue holds",
      errno_text(error_number));
}

void AcceptThrottle::pause() {
  if (paused_) return;
  paused_ = true;
  stats_.accept_paused.add();
  // Those that epoll did not take are tried again with the others.
  loop_.timers().disarm(*this);
  for (Acceptor* acceptor : acceptors_) acceptor->pause();
  budget_.wait_for_room(*this);
}

// Whoever closes a connection is in the middle of something: a turn is used when that is over.
void AcceptThrottle::on_room() {
  if (budget_.in_line()) return loop_.again(*this);
  resume();
}

void AcceptThrottle::use_turn() {
  resume();
  for (std::size_t i = 0; i < acceptors_.size() && budget_.in_line() && !paused_; ++i) {
    acceptors_[i]->accept_one();
  }
  // Nobody came here: those who wait elsewhere are next.
  if (!paused_) budget_.leave_line();
}

void AcceptThrottle::resume() {
  if (!paused_) return;
  paused_ = false;
  stats_.at_limit.set(0);
  loop_.timers().disarm(*this);
  watch_all();
}

void AcceptThrottle::on_timeout() { paused_ ? resume() : watch_all(); }

// Each stands for itself: whoever is not taken asks for another try.
void AcceptThrottle::watch_all() {
  for (Acceptor* acceptor : acceptors_) static_cast<void>(acceptor->resume());
}

void AcceptThrottle::try_again_later() { loop_.timers().arm(*this, kPause); }

}  // namespace demo
