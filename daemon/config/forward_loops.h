#pragma once

#include <compare>
#include <string>
#include <vector>

#include "base/address.h"
#include "config/config.h"

namespace demo {

// A listener as a loop is made of.
struct LoopListener {
  Address bound;
  std::string interface;  // it accepts from this one alone; empty: from any
  bool v6only = false;    // an IPv6 wildcard takes no IPv4
  bool forwards = false;
  std::string pool;  // where to
};

// bound: where it listens, port 0 replaced if that is known.
LoopListener loop_listener(const Listener& listener, const Address& bound, bool forwards);

// An address that a pool forwards to.
struct LoopMember {
  std::string pool;
  Address address;
};

// Whether connect(2) to the target on this host reaches the listener: the same address, or a wildcard and one
// of this host's own. own: the addresses of this host's interfaces, whose
// ports do not matter; loopback need not be among them. Pure.
bool reaches(const Address& target, const LoopListener& listener, const std::vector<Address>& own);

// For each member, whether a request sent there can come back to its pool through listeners of this daemon.
// Pure.
std::vector<bool> find_forward_loops(const std::vector<LoopListener>& listeners,
                                     const std::vector<LoopMember>& members, const std::vector<Address>& own);

// A backend of which an address, known without a look-up, makes a loop.
struct LoopingBackend {
  std::string pool;
  std::string endpoint;
  auto operator<=>(const LoopingBackend&) const = default;
};

// What the configuration alone tells, before anything is resolved or bound. Pure.
std::vector<LoopingBackend> find_configured_loops(const Config& config, const std::vector<Address>& own);

}  // namespace demo
