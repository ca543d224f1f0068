#pragma once

#include "base/address.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// A listening, non-blocking TCP socket of the control API.
struct TcpSocket {
  UniqueFd fd;
  int port = 0;  // as bound
};

// Goes on with the one that was kept, where that is of the address; port 0 is any. Nobody else may listen
// there: no SO_REUSEPORT. Error: kFailedPrecondition, one sentence.
Result<TcpSocket> open_tcp_socket(const Address& address, UniqueFd kept);

}  // namespace demo
