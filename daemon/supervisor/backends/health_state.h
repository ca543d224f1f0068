#pragma once

namespace demo {

// Whether one address is up, from the results of its checks: `fall` failures in a row take it down, `rise`
// successes bring it back. Starts up without credit: when the very first check fails, it is down at once.
class HealthState {
 public:
  HealthState() = default;
  // Of an address that was checked before.
  explicit HealthState(bool up) : up_(up), checked_(true) {}

  bool up() const { return up_; }

  // Counts one result; true when it changed up(). rise and fall are at least 1 and may change between calls.
  bool record(bool success, unsigned rise, unsigned fall);

 private:
  bool up_ = true;
  bool checked_ = false;   // at least one result was counted
  unsigned contrary_ = 0;  // results in a row that speak against up_
};

}  // namespace demo
