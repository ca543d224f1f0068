#pragma once

#include <cstdint>

#include "base/address.h"

namespace demo {

// Whom a connect(2) that failed speaks of.
enum class ConnectFailure : std::uint8_t {
  kPeer,       // the peer, or the way to it: refused, unreachable, forbidden, no address of its family here
  kShortage,   // this host, which lacks a port, a descriptor or memory for it: is_shortage()
  kQueueFull,  // a unix socket whose backlog is full: it may succeed in a while, as TCP's SYN would
};

// error_number: what socket(2) or a non-blocking connect(2) to peer gave, not EINPROGRESS. Where that alone
// does not tell (EADDRNOTAVAIL) the kernel is asked, by a socket of its own that sends nothing.
ConnectFailure connect_failure(int error_number, const Address& peer);

}  // namespace demo
