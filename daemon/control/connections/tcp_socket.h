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

// Nobody else may listen there: no SO_REUSEPORT. Error: kFailedPrecondition, one sentence.
Result<TcpSocket> open_tcp_socket(const Address& address);

}  // namespace demo
