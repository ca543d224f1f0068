#pragma once

#include <cstdint>

#include "net/buffer_pool.h"
#include "net/listener_handle.h"
#include "proxy/client/client_peer.h"
#include "proxy/relay/peer_socket.h"

namespace demo {

// Where an exchange stands after a step.
enum class ExchangeStep : std::uint8_t {
  kWaiting,   // for the client, the backend or the queue
  kFinished,  // the response was passed on completely (or the tunnel's end)
  kRefused,   // nothing of a response was passed on: answer with refusal() and close
  kBroken,    // it broke off in the middle: reset the client's connection, so that it shows
  kClientGone,
};

// A client's connection, as its exchanges use it. What is borrowed outlives them.
struct ClientEnd {
  PeerSocket& socket;
  Buffer& input;  // received behind the head, and not taken yet
  ListenerHandle& listener;
  ClientPeer& peer;
};

// Who owns an exchange, as the exchange sees it.
class ExchangeOwner {
 public:
  // Whether the settings let the connection take another request after this one.
  virtual bool may_keep_connection() const = 0;
  // Registers the client's socket with epoll if it is not. False, and the exchange is destroyed, when the
  // host has no room for that: nobody would ever hear of the client again.
  virtual bool watch() = 0;
  // The exchange has used up its turn: call advance() in the next one.
  virtual void go_on_next_turn() = 0;
  // It is to be called so: then advance() will ask both directions.
  virtual bool goes_on_later() const = 0;
  // What the exchange came to. May destroy the exchange.
  virtual void proceed(ExchangeStep step) = 0;

 protected:
  ExchangeOwner() = default;
  ~ExchangeOwner() = default;
};

}  // namespace demo
