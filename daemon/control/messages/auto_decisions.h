#pragma once

#include "config/config.h"
#include "demo/control/v1/config.pb.h"

namespace demo {

// What mode auto was decided to mean (config/auto_mode.h) is no field that people set, so translate.h passes
// it by. It goes wherever a whole configuration goes: into the state file, and to whoever keeps one to apply
// it.

// Both have the same listeners.
inline void write_auto_decisions(const Config& config, control::v1::Config& message) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    if (config.listeners[i].auto_forwards)
      message.mutable_listeners(static_cast<int>(i))->set_auto_forwards(true);
  }
}

inline void read_auto_decisions(const control::v1::Config& message, Config& config) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    config.listeners[i].auto_forwards = message.listeners(static_cast<int>(i)).auto_forwards();
  }
}

}  // namespace demo
