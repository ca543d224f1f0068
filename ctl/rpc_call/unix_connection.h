#pragma once

#include <chrono>
#include <string>

namespace demo::ctl {

// How an attempt to connect to a unix socket ended.
struct UnixConnection {
  int fd = -1;        // non-blocking and close-on-exec, the caller's to close; -1: none was made
  bool full = false;  // somebody listens, but the queue of new connections had no room all the time
};

// connect(2), unix(7): where the queue of who listens is full it waits for room, `patience` at most, first
// come first served. A signal that is handled does not end the wait.
UnixConnection connect_unix(const std::string& path, std::chrono::milliseconds patience);

}  // namespace demo::ctl
