#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"

namespace demo {

// Whether clients may be in the middle of their handshakes with a port. The kernel finds the answer by a walk
// over every connection of the host, so it is asked about all ports at once, and the questions get a small
// share of the loop's time: after each of them none is put for kRest times as long as it took.
class OpenHandshakes {
 public:
  using Ask = std::function<std::optional<std::set<std::uint16_t>>()>;
  using Clock = std::function<std::uint64_t()>;  // nanoseconds
  static constexpr std::uint64_t kRest = 15;

  // ask: as SocketDiagnosis::ports_with_open_handshakes().
  explicit OpenHandshakes(Ask ask, Clock clock = monotonic_ns)
      : ask_(std::move(ask)), clock_(std::move(clock)) {}

  // Questions that were put so far.
  std::uint64_t asked() const { return asked_; }
  // Of a port with which no handshake begins any more; before: asked() when that was so first. True as well
  // when it is not the time to ask; the caller looks again later.
  bool possible(std::uint16_t port, std::uint64_t before);

 private:
  bool may_be_open(std::uint16_t port) const { return !open_ || open_->contains(port); }

  Ask ask_;
  Clock clock_;
  std::uint64_t asked_ = 0;
  std::optional<std::set<std::uint16_t>> open_;  // the last answer
  std::uint64_t rests_until_ns_ = 0;
};

// Whether handshakes may be open with a port that no new ones reach.
class HandshakeEnd {
 public:
  // handshakes: borrowed.
  explicit HandshakeEnd(OpenHandshakes& handshakes) : handshakes_(handshakes) {}

  // None begins from now on; that is so from the beginning where it is not called.
  void begin() {
    over_ = false;
    before_ = handshakes_.asked();
  }
  bool may_be_open(std::uint16_t port) {
    over_ = over_ || !handshakes_.possible(port, before_);
    return !over_;
  }

 private:
  OpenHandshakes& handshakes_;
  std::uint64_t before_ = 0;  // questions
  bool over_ = false;
};

}  // namespace demo
