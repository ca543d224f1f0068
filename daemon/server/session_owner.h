#pragma once

#include "base/address.h"
#include "net/connection_taker.h"

namespace demo {

class AnsweredConnection;

// What a session may ask of who owns it: the interface of SessionServer that it sees. It also takes the
// connections of the listeners that are served there.
class SessionOwner : public ConnectionTaker {
 public:
  // Destroys the session.
  virtual void retire(AnsweredConnection& session) = 0;
  // Where the client is, as somebody else than the kernel told; null when nobody did.
  virtual const Address* told_peer(const AnsweredConnection& session) const = 0;
};

}  // namespace demo
