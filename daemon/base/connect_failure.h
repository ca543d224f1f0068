#pragma once

#include <cstdint>
#include <string_view>

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

// Why nothing could be connected to a peer, in words.
struct ConnectTrouble {
  std::string_view of_it;           // "it refused connections": one clause, the peer is "it"
  std::string_view of_the_backend;  // the same for who asked the proxy: "the backend refused the connection"
};

// error_number: of a connect(2) that is no shortage, as connect(2), ip(7) and unix(7) list them. Only a
// refusal is the peer's own word.
ConnectTrouble connect_trouble(int error_number);

}  // namespace demo
