#pragma once

#include <string>

#include "config/config.h"

namespace demo {

// What the listener does: its mode, or what mode auto was decided to mean. Never kAuto.
ListenerMode mode_in_force(const Listener& listener);

// Whether the listener forwards to this pool, by its mode or by what mode auto was decided to mean.
bool forwards_to(const Listener& listener, const std::string& pool);

// Decides what every listener of mode auto does from now on, next being what shall follow before (an empty
// Config when nothing went before). It forwards when its pool has a backend configured, whatever is known of
// the backend's addresses, and when it forwarded before: traffic that was meant for backends is never
// answered here because the last of them was removed, with its pool, or by another file. Only another mode
// ends that: after mode server, mode auto is decided anew. Pure.
Config decide_auto_modes(const Config& before, Config next);

}  // namespace demo
