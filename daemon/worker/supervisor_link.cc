#include "worker/supervisor_link.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/background_log.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/log_limit.h"

namespace demo {
namespace {

// The socket does not tell when there are descriptors or memory again.
constexpr std::chrono::milliseconds kShortageRetry{500};
constexpr int kLastWordsRetryMs = 10;

// Of this process, which has one link.
LogLimit& room_log() {
  static LogLimit limit;
  return limit;
}
LogLimit& send_log() {
  static LogLimit limit;
  return limit;
}

}  // namespace

SupervisorLink::SupervisorLink(Loop& loop, UniqueFd channel, Receiver& receiver)
    : Watch(Watch::call<SupervisorLink>),
      Timer(Timer::call<SupervisorLink>),
      loop_(loop),
      receiver_(receiver),
      channel_(std::move(channel)) {}

Status SupervisorLink::open() { return loop_.add(channel_.fd(), EPOLLIN | EPOLLOUT | EPOLLET, *this); }

void SupervisorLink::on_ready(std::uint32_t events) {
  if (lost_) {
    if ((events & EPOLLHUP) == 0) return;
    loop_.remove(channel_.fd());
    return receiver_.on_alone();
  }
  if (channel_.has_unsent()) {
    if (const Status flushed = channel_.flush(); !flushed) return give_up(flushed.error());
  }
  for (;;) {
    Result<std::optional<Message>> next = channel_.receive();
    if (!next) return give_up(next.error());
    if (!next->has_value()) break;
    Message& message = **next;
    if (auto* snapshot = std::get_if<ApplySnapshot>(&message)) {
      receiver_.on_snapshot(std::move(*snapshot));
    } else if (const auto* drain = std::get_if<Drain>(&message)) {
      receiver_.on_drain(drain->deadline);
    } else if (const auto* patience = std::get_if<Patience>(&message)) {
      receiver_.on_patience(patience->granted);
    } else if (auto* moved = std::get_if<UseLog>(&message)) {
      ::dup2(moved->fd.get(), STDERR_FILENO);
      on_log_moved(std::move(moved->own));
    } else if (const auto* notice = std::get_if<BackendNotice>(&message);
               notice != nullptr && notice->news == BackendNews::kDistrusted) {
      receiver_.on_distrust(notice->address, notice->time);
    } else if (notice != nullptr && notice->news == BackendNews::kEjected) {
      receiver_.on_ejection(*notice);
    } else if (const auto* incomplete = std::get_if<Incomplete>(&message)) {
      room_log().log(loop_.now_ns(), LogLevel::kWarning,
                     "no room for the descriptors of a message: it has to come again");
      send(*incomplete);
    } else {
      return give_up(invalid("", "", "channel: a message that only workers send came from the supervisor"));
    }
  }
  if (channel_.closed()) return lose();
  if (channel_.is_short()) retry_later();
}

void SupervisorLink::retry_later() { loop_.timers().arm(*this, kShortageRetry); }

// That nobody has the other end any more is told in any case, epoll_ctl(2) EPOLLHUP.
void SupervisorLink::lose() {
  if (std::exchange(lost_, true)) return;
  receiver_.on_lost();
  (void)loop_.modify(channel_.fd(), EPOLLET, *this);
}

void SupervisorLink::give_up(const Error& error) {
  if (std::exchange(lost_, true)) return;
  loop_.remove(channel_.fd());
  receiver_.on_nonsense(error);
}

void SupervisorLink::send(Message message) {
  if (lost_) return;
  if (const Status sent = channel_.send(std::move(message)); !sent) {
    send_log().log(loop_.now_ns(), LogLevel::kWarning, "{}", sent.error().message);
  }
  if (channel_.is_short()) retry_later();
}

void SupervisorLink::send_finally(Message message, std::chrono::milliseconds time) {
  send(std::move(message));
  const std::uint64_t end_ns =
      monotonic_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
  while (!lost_ && channel_.has_unsent()) {
    const std::uint64_t now_ns = monotonic_ns();
    if (now_ns >= end_ns) return;
    const auto left_ms = static_cast<int>((end_ns - now_ns + 999'999) / 1'000'000);
    // A socket that lacks memory is writable all the same.
    pollfd writable{channel_.fd(), POLLOUT, 0};
    if (channel_.is_short()) {
      ::poll(nullptr, 0, std::min(left_ms, kLastWordsRetryMs));
    } else if (::poll(&writable, 1, left_ms) <= 0) {
      return;
    }
    if (!channel_.flush()) return;
  }
}

}  // namespace demo
