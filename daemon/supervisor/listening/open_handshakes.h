#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "supervisor/listening/port_sockets.h"

namespace demo {

// Whether clients may be in the middle of their handshakes with a port. The kernel finds the answer by a walk
// over every connection of the host, so the questions of all groups together get a small share of the loop's
// time: after each of them none is put for kRest times as long as it took.
class OpenHandshakes {
 public:
  using Ask = std::function<bool(std::uint16_t port)>;
  using Clock = std::function<std::uint64_t()>;  // nanoseconds
  static constexpr std::uint64_t kRest = 15;

  explicit OpenHandshakes(Ask ask = has_open_handshake, Clock clock = monotonic_ns)
      : ask_(std::move(ask)), clock_(std::move(clock)) {}

  // True as well when it is not the time to ask; the caller looks again later.
  bool possible(std::uint16_t port);

 private:
  Ask ask_;
  Clock clock_;
  std::uint64_t rests_until_ns_ = 0;
};

}  // namespace demo
