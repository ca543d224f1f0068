#pragma once

#include "supervisor/listening/socket_group.h"

namespace demo {

// Whether the kernel takes new connections for the sockets of a group that are committed now; who has come
// stays. A unix socket knows no handshake: its queue is as short as it can be meanwhile, and who finds it
// full waits in connect(2), or is told EAGAIN.
void take_new(const SocketGroup& group, bool taken);

}  // namespace demo
