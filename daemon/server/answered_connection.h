#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/clock.h"
#include "base/linked_list.h"
#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/yielding_watch.h"
#include "net/client_abort.h"
#include "net/listener_handle.h"
#include "server/body_stream.h"
#include "server/session_environment.h"

namespace demo {

// One client connection that is answered here, without regard to what is said on it: its descriptor, what is
// still to be sent, its figures and its ends. The base of the sessions of both modes, which decide what is
// read and answered.
//
// What ends a connection destroys the session: touch nothing after it.
class AnsweredConnection : public YieldingWatch, public Timer, public ListLink<> {
 public:
  const ListenerHandle& listener() const { return listener_; }
  // Requests that were answered on it elsewhere before.
  void set_served(std::uint32_t served) { requests_ = served; }
  // Somebody else than the kernel told its peer, which the owner knows.
  void set_peer_told() { peer_told_ = true; }
  bool peer_told() const { return peer_told_; }

  // Ends it, with a reset when not all of a response was sent.
  void close_now();

 protected:
  AnsweredConnection(Watch::Handler on_ready, Timer::Handler on_timeout, SessionEnvironment& environment,
                     UniqueFd fd, ListenerHandle& listener)
      : YieldingWatch(on_ready),
        Timer(on_timeout),
        environment_(environment),
        listener_(listener),
        fd_(std::move(fd)) {}
  ~AnsweredConnection() = default;

  // The events that may mean that the peer has ended, or that more stands behind an urgent mark, where each
  // receive stops: tcp(7).
  static constexpr std::uint32_t kEndEvents = EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR;

  // Registers it with epoll; what cannot be watched ends.
  void watch_or_close();
  // Whether its next request is to be served here.
  bool is_here() const { return listener_.taker == &environment_.owner; }
  bool may_persist() const { return environment_.policy.keeps_connections_of(listener_); }
  // How long it may wait for the first byte of a request.
  std::chrono::milliseconds idle_time() const { return environment_.policy.idle_time(requests_, listener_); }
  [[gnu::always_inline]] void arm(std::chrono::milliseconds delay) {
    environment_.loop.timers().arm(*this, delay);
  }

  void count_received(std::size_t bytes) {
    environment_.allowance.charge_receive();
    environment_.stats.bytes_in.add(bytes);
    listener_.stats.bytes_in.add(bytes);
  }
  void count_sent(std::size_t bytes) {
    environment_.stats.bytes_out.add(bytes);
    listener_.stats.bytes_out.add(bytes);
  }
  void count_request() {
    ++requests_;
    environment_.stats.requests.add();
    listener_.stats.requests.add();
  }
  // From the wake-up that brought the requests until now, when they are answered.
  void record_service_time(unsigned responses) {
    environment_.service_time.record(monotonic_ns() - environment_.loop.now_ns(), responses);
  }

  // A receive, or a send, told that the client has left or the connection is broken: counts it, and ends it.
  void lost_receiving(IoOutcome outcome, AbortPlace place);
  void lost_sending(IoOutcome outcome, AbortPlace place);

  enum class Sending : std::uint8_t { kGone, kWaits, kDone };
  // Goes on with what is to be sent. kWaits: for the socket or for the next turn, with the time-out set.
  Sending send_rest();

  // Everything is sent: ends it, gently where bytes of the client may be unread.
  void end_after_last_answer();
  // Gives it, at the start of a request, to who serves the listener now. received: of that request.
  void hand_over(Buffer received);

  SessionEnvironment& environment_;
  ListenerHandle& listener_;
  BodyStream output_;           // what the socket did not take, or the large body being sent
  std::uint32_t requests_ = 0;  // answered, elsewhere before too
  UniqueFd fd_;

 private:
  // In one byte, for the sake of the size.
  bool registered_ : 1 = false;
  bool peer_told_ : 1 = false;

 protected:
  bool closing_ = false;  // nothing more is read: close when everything is sent
  bool unread_ = false;   // bytes of the client may be unread when it closes: close gently
};

}  // namespace demo
