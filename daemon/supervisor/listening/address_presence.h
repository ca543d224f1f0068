#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "config/listener.h"

namespace demo {

// Whether the host has what the listener stands on: its interface, and its address on one. These come and go
// without a fault of anybody's. Never an error for what every host has: wildcards, loopback, unix paths; nor
// for what stands in the way otherwise. Error: as open_listener_socket().
Status check_presence(const Listener& listener);

// The same for any number of listeners at one time: the host is asked once about what they have in common.
class PresenceLook {
 public:
  Status check(const Listener& listener);

 private:
  std::set<std::string> present_;  // addresses with their interfaces
};

}  // namespace demo
