#pragma once

#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace demo {

// Where the service manager takes datagrams, sd_notify(3): systemd, or another that set NOTIFY_SOCKET. Never
// waits, as sd_notify(3) itself would for a manager that does not read.
class SystemdSocket {
 public:
  // Reads NOTIFY_SOCKET: a path, or an abstract name behind '@'.
  SystemdSocket();

  // Whether there is a manager.
  bool there() const { return !address_.empty(); }
  // fd: goes with the message, borrowed; -1: none. False when the manager has no room for it, or cannot be
  // reached: it may be back. True where there is none.
  bool send(std::string_view message, int fd = -1);

 private:
  std::string address_;  // as sockaddr_un::sun_path has it; empty: nobody is told
  UniqueFd socket_;
};

}  // namespace demo
