#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace demo {

// What a connection may still do in this turn of the loop. A peer that is as fast as we are would never let
// it end: once the allowance is spent the rest is put off to the next turn (Loop::again()). One a mode, begun
// anew for each connection that is worked on.
class TurnAllowance {
 public:
  void begin() { left_ = limits::kTurnBytes; }
  bool spent() const { return left_ <= 0; }
  std::size_t left() const { return static_cast<std::size_t>(std::max<std::int64_t>(left_, 0)); }
  void charge_sent(std::size_t bytes) { left_ -= static_cast<std::int64_t>(bytes); }
  // A receive counts as much as the largest one, since what it brings costs more than its bytes.
  void charge_receive() { charge_sent(limits::kReceiveBufferBytes); }

 private:
  std::int64_t left_ = limits::kTurnBytes;  // below 0: the last step went beyond it
};

}  // namespace demo
