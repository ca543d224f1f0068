#pragma once

#include <cstdint>
#include <string_view>

#include "server/answered_connection.h"

namespace demo {

// One client connection of a raw listener. In a worker's RawServer.
class RawSession final : public AnsweredConnection {
 public:
  using Environment = SessionEnvironment;

  RawSession(Environment& environment, UniqueFd fd, ListenerHandle& listener)
      : AnsweredConnection(Watch::call<RawSession>, Timer::call<RawSession>, environment, std::move(fd),
                           listener) {}

  // May destroy the session.
  void start(std::string_view received);

  // The settings say that connections close: after the response in progress, or after a moment's grace for
  // bytes that may be under way. Or the listener is served elsewhere: then it moves. May destroy the session.
  void close_when_idle();

 private:
  friend class Watch;
  friend class Timer;

  void on_ready(std::uint32_t events);
  void on_timeout();
  // The steps: false when the session is gone.
  bool drive(bool peer_may_have_ended);
  bool answer();
  bool continue_sending();
  bool end_or_wait();
};

}  // namespace demo
