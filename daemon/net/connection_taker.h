#pragma once

#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/unique_fd.h"
#include "net/listener_handle.h"

namespace demo {

// Where a client connection is served: server/ and proxy/ each are one. The narrow interface by which
// accepted connections arrive and by which a connection moves from one to the other between two
// requests.
class ConnectionTaker {
 public:
  virtual ~ConnectionTaker() = default;

  // Whether accepted connections should come with their peer's address.
  virtual bool wants_peer() const { return false; }

  // Takes over an open, non-blocking client connection that is registered with no epoll.
  // listener: where it came in; outlives the connection (see ListenerHandle).
  // peer: the client's address when it is known, else null; only valid during the call.
  // received: bytes already read from the connection, the start of its next request; only valid during the
  // call.
  // served: requests that were answered on it elsewhere; after the first one it is a connection that is kept,
  // whose time-out and number of requests go on.
  virtual void take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
                    std::uint32_t served) = 0;
};

}  // namespace demo
