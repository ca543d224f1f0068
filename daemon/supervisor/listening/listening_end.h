#pragma once

#include <cstdint>

#include "base/shared_fd.h"

namespace demo {

// The end of a listening socket without a reset for anybody: refuse_new(), then its queue is served until
// OpenHandshakes::possible() is false and the queue is empty, then end_listening().

// What became of a socket that takes no new connections.
enum class Refusal : std::uint8_t {
  kElsewhere,  // the kernel looks past it: new clients come to another listener, or are refused at once
  kDropped,    // its new clients are not answered until it is closed; it stays in its reuseport group
};

// Handshakes that are under way end in the queue of a TCP socket all the same. kElsewhere is to bind it to an
// interface that does not exist, SO_BINDTOIFINDEX of socket(7), which one that is bound to a real interface
// needs CAP_NET_RAW for; else a filter (SO_ATTACH_FILTER) drops SYN segments. Whoever came by a SYN cookie
// and has not answered it yet is refused.
Refusal refuse_new(int socket);

// Whether the kernel looks past the socket, Refusal::kElsewhere.
bool is_refusing(int socket);

// Closes it and what others hold of the same socket: shutdown(2) takes it out of its reuseport group, resets
// what its queue holds, and wakes whoever waits for it.
void end_listening(SharedFd& socket);

}  // namespace demo
