#pragma once

#include "base/address.h"
#include "base/unique_fd.h"

namespace demo {

// What asking the kernel for a connection to a backend came to.
struct Dialled {
  UniqueFd fd;  // empty when there was none to be had
  bool connected = false;
  int error_number = 0;  // of socket(2) or connect(2); 0: connected, or under way
};

// socket(2), non-blocking and with TCP_NODELAY, and connect(2). No bind(2) before: connect(2) picks a port
// that is free towards this very backend.
Dialled dial(const Address& address);

}  // namespace demo
