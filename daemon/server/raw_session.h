#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/address.h"
#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/yielding_watch.h"
#include "net/listener_handle.h"
#include "server/body_stream.h"

namespace demo {

class RawRoom;

// One client connection of a raw listener. In a worker's RawRoom.
class RawSession final : public YieldingWatch, public Timer {
 public:
  // peer: the client's address where it is known, for the room that the connection may move to; else null.
  RawSession(RawRoom& room, UniqueFd fd, ListenerHandle& listener, const Address* peer)
      : YieldingWatch(Watch::call<RawSession>),
        Timer(Timer::call<RawSession>),
        room_(room),
        listener_(listener),
        peer_(peer != nullptr ? std::make_unique<const Address>(*peer) : nullptr),
        fd_(std::move(fd)) {}

  // May destroy the session.
  void start(std::string_view received);

  // The settings say that connections close: after the response in progress, or after a moment's grace for
  // bytes that may be under way. Or the listener is another room's: then it moves. May destroy the session.
  void close_when_idle();

 private:
  friend class Watch;
  friend class Timer;
  friend class RawRoom;

  void on_ready(std::uint32_t events);
  void on_timeout();
  // The steps: false when the session is gone.
  bool drive(bool peer_may_have_ended);
  bool answer();
  // Whether the settings let the connection live on.
  bool may_persist() const;
  // How long the first bytes may take that come here.
  std::chrono::milliseconds first_wait() const;
  bool continue_sending();
  bool finish();
  // With a reset when not all of a response was sent.
  void close_now();
  void hand_over();
  void count_sent(std::size_t bytes);

  RawRoom& room_;
  ListenerHandle& listener_;
  std::unique_ptr<const Address> peer_;  // null: the kernel knows it
  BodyStream output_;
  RawSession* previous_ = nullptr;  // not owned
  RawSession* next_ = nullptr;      // not owned
  std::uint32_t requests_ = 0;      // answered, in the rooms before too
  bool registered_ = false;
  bool closing_ = false;  // close when everything is sent
  bool unread_ = false;   // bytes of the client may be unread when it closes: close gently
  UniqueFd fd_;
};

}  // namespace demo
