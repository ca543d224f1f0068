#include "supervisor/backends/health_state.h"

namespace demo {

bool HealthState::record(bool success, unsigned rise, unsigned fall) {
  const bool first = !checked_;
  checked_ = true;
  if (success == up_) {
    contrary_ = 0;
    return false;
  }
  ++contrary_;
  const unsigned needed = up_ ? fall : rise;
  if (contrary_ < needed && !first) return false;
  up_ = success;
  contrary_ = 0;
  return true;
}

}  // namespace demo
