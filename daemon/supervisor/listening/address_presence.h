#pragma once

#include "base/result.h"
#include "config/listener.h"

namespace demo {

// Whether the host has what the listener stands on: its interface, and its address on one. These come and go
// without a fault of anybody's. Never an error for what every host has: wildcards, loopback, unix paths; nor
// for what stands in the way otherwise. Error: as open_listener_socket().
Status check_presence(const Listener& listener);

}  // namespace demo
