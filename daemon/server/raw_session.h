#pragma once

#include <cstdint>
#include <string_view>

#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/watch.h"
#include "net/listener_handle.h"
#include "server/body_stream.h"

namespace demo {

class RawRoom;

// One client connection of a raw listener. In a worker's RawRoom.
class RawSession final : public Watch, public Timer {
 public:
  RawSession(RawRoom& room, UniqueFd fd, ListenerHandle& listener)
      : Watch(Watch::call<RawSession>),
        Timer(Timer::call<RawSession>),
        room_(room),
        listener_(listener),
        fd_(std::move(fd)) {}

  // May destroy the session.
  void start(std::string_view received);

 private:
  friend class Watch;
  friend class Timer;
  friend class RawRoom;

  void on_ready(std::uint32_t events);
  void on_timeout() { close_now(); }
  // Reads until nothing is left, answering each time; false when the session is gone.
  bool drive();
  bool answer(bool drained);
  bool continue_sending();
  void close_now();

  RawRoom& room_;
  ListenerHandle& listener_;
  BodyStream output_;
  RawSession* previous_ = nullptr;  // not owned
  RawSession* next_ = nullptr;      // not owned
  bool registered_ = false;
  bool closing_ = false;
  UniqueFd fd_;
};

}  // namespace demo
