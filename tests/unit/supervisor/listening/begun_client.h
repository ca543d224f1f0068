#pragma once

#include <sys/socket.h>

#include "base/address.h"
#include "base/unique_fd.h"

namespace demo {

// A client that does not wait for its connection.
inline UniqueFd begin_to_connect(const Address& address) {
  UniqueFd client(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::connect(client.get(), address.sockaddr_ptr(), address.sockaddr_size());
  return client;
}

}  // namespace demo
