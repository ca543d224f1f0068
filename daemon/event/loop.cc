#include "event/loop.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/shortage.h"
#include "base/watched_time.h"

// A turn is: wait, ask the clock, call the watches that are ready, then those that put work off to this turn,
// then the timers that are due, then what was retired. The order is what the rest relies on. Events come
// before time-outs, so that what came in time is read before it counts as missing; memory of retired objects
// is used again after all events of the turn, since epoll may have reported an object before its end. Work
// that is put off during a turn waits for the next one, which then does not sleep, so everybody else's events
// come in between.
//
// The clock is asked once a turn. A gap that is longer than the wait says that the process was stopped or
// starved: then the first batch of events may be an old one, and time-outs wait until a batch that is not
// full says that all has been read, for kHeldNs at most (has_looked()).
namespace demo {
namespace {

// <linux/eventpoll.h> of kernel 6.9; older headers lack it.
struct EpollParams {
  std::uint32_t busy_poll_usecs;
  std::uint16_t busy_poll_budget;
  std::uint8_t prefer_busy_poll;
  std::uint8_t padding;
};
constexpr unsigned long kEpollSetParams = _IOW(0x8A, 0x01, EpollParams);
constexpr std::uint16_t kBusyPollBudgetPackets = 8;  // the kernel's own default

Error system_error(const char* call) {
  const int number = errno;
  return {is_shortage(number) ? ErrorCode::kResourceExhausted : ErrorCode::kInternal,
          fmt::format("{}: {}", call, errno_text(number)), "", ""};
}

}  // namespace

Loop::Loop(UniqueFd epoll) : epoll_(std::move(epoll)) {}

Result<std::unique_ptr<Loop>> Loop::open() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return system_error("epoll_create1");
  std::unique_ptr<Loop> loop(new Loop(std::move(epoll)));
  loop->now_ns_ = monotonic_ns();
  loop->timers_.advance(loop->now_ns_);
  return loop;
}

Status Loop::control(int operation, int fd, std::uint32_t events, Watch& watch) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watch;
  if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0) return system_error("epoll_ctl");
  return {};
}

Status Loop::add(int fd, std::uint32_t events, Watch& watch) {
  return control(EPOLL_CTL_ADD, fd, events, watch);
}

Status Loop::modify(int fd, std::uint32_t events, Watch& watch) {
  return control(EPOLL_CTL_MOD, fd, events, watch);
}

void Loop::remove(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

int Loop::wait_ms() const {
  const int next = timers_.milliseconds_to_next(now_ns_);
  return next < 0 ? kIdleTurnMs : std::min(next, kIdleTurnMs);
}

std::uint64_t Loop::watched_since(std::uint64_t since_ns) const {
  const std::uint64_t passed = now_ns_ > since_ns ? now_ns_ - since_ns : 0;
  return since_ns < missed_until_ns_ ? passed - std::min(passed, missed_ns_) : passed;
}

bool Loop::has_looked(std::uint64_t gap_ns, int waited_ms, int ready) {
  if (const std::uint64_t counted_ns = WatchedTime::counted(gap_ns); counted_ns != gap_ns) {
    missed_ns_ = gap_ns - counted_ns;
    missed_until_ns_ = now_ns_;
    timers_.leave_out(missed_ns_);
  }
  const bool full = ready == static_cast<int>(kEventsPerTurn);
  // A process that was stopped and goes on gets EINTR, signal(7), or what was ready before.
  const bool stale = ready < 0 || gap_ns > static_cast<std::uint64_t>(waited_ms) * 1'000'000 + kLateNs;
  const bool goes_on = held_turn_ + 1 == turn_;
  if (goes_on ? !full || now_ns_ - held_since_ns_ > kHeldNs : !stale) return true;
  if (!goes_on) held_since_ns_ = now_ns_;
  held_turn_ = turn_;
  return false;
}

void Loop::run(TurnObserver& observer) {
  stopping_ = false;
  while (!stopping_) {
    const bool work_left = !put_off_.empty();
    const int waited_ms = work_left ? 0 : wait_ms();
    const int ready = ::epoll_wait(epoll_.get(), events_.data(), kEventsPerTurn, waited_ms);
    const unsigned count = ready > 0 ? static_cast<unsigned>(ready) : 0;
    const std::uint64_t gap_ns = monotonic_ns() - now_ns_;
    now_ns_ += gap_ns;
    ++turn_;
    // A time-out is judged when all that was ready after it passed has been read: what came in time must not
    // count as missing.
    bool looked = true;
    if (gap_ns > kLateNs || static_cast<unsigned>(ready) >= kEventsPerTurn) [[unlikely]]
      looked = has_looked(gap_ns, waited_ms, ready);
    timers_.set_now(now_ns_);
    observer.on_wake(count, now_ns_);
    // What this turn puts off waits for the next one.
    if (work_left) going_on_.take(put_off_);
    for (unsigned i = 0; i < count; ++i) static_cast<Watch*>(events_[i].data.ptr)->ready(events_[i].events);
    if (work_left) going_on_.call_all();
    if (looked) timers_.fire();
    for (Reclaimer* reclaimer : reclaimers_) reclaimer->reclaim();
    while (due_ != nullptr) std::exchange(due_, due_->next_due_)->reclaim();
  }
}

Status Loop::set_busy_poll(unsigned microseconds, bool prefer) {
  EpollParams params{microseconds, kBusyPollBudgetPackets, prefer ? std::uint8_t{1} : std::uint8_t{0}, 0};
  if (::ioctl(epoll_.get(), kEpollSetParams, &params) != 0) return system_error("EPIOCSPARAMS");
  return {};
}

}  // namespace demo
