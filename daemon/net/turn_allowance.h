#pragma once

#include <algorithm>
#include <cstddef>

#include "base/limits.h"

namespace demo {

// What a connection may still do in this turn of the loop. A peer that is as fast as we are would never let
// it end: once the allowance is spent the rest is put off to the next turn (Loop::again()). One a room, begun
// anew for each connection that is worked on.
class TurnAllowance {
 public:
  void begin() { left_ = limits::kTurnBytes; }
  bool spent() const { return left_ == 0; }
  std::size_t left() const { return left_; }
  void charge_sent(std::size_t bytes) { left_ -= std::min(left_, bytes); }
  // A receive counts as much as the largest one, since what it brings costs more than its bytes.
  void charge_receive() { left_ -= std::min(left_, limits::kReceiveBufferBytes); }

 private:
  std::size_t left_ = limits::kTurnBytes;
};

}  // namespace demo
