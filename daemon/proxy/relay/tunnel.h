#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/relay/backlog.h"
#include "proxy/relay/peer_socket.h"
#include "proxy/relay/relay_space.h"
#include "proxy/relay/splice.h"
#include "proxy/relay/traffic_count.h"

namespace demo {

// One direction of a tunnel: small pieces are copied through the worker's scratch, a bulk transfer is spliced
// through a pipe. Passes the sender's end on as a half-close.
class TunnelDirection {
 public:
  // kGoesOn: its allowance of this turn is spent, the rest follows in the next one.
  enum class Step : std::uint8_t { kWaiting, kGoesOn, kFinished, kBroken };

  // Bytes that go ahead of what from sends. Precondition: nothing was moved yet; at most a pooled buffer's
  // size.
  void put_first(RelaySpace& space, std::string_view bytes);
  // Moves what can be moved without waiting; moved grows by the bytes that left.
  Step advance(RelaySpace& space, PeerSocket& from, PeerSocket& to, std::uint64_t& moved);
  // How many bytes it holds.
  std::size_t held() const { return backlog_.size() + splice_.held(); }
  void end(RelaySpace& space);

 private:
  enum class Moved : std::uint8_t { kSome, kNothing, kEnd, kBroken };
  Moved flush(PeerSocket& to, std::uint64_t& moved);
  Moved copy(RelaySpace& space, PeerSocket& from, PeerSocket& to, std::uint64_t& moved);
  Moved splice(RelaySpace& space, PeerSocket& from);

  Backlog backlog_;
  Splice splice_;
  bool ended_ = false;
  bool passed_on_ = false;
};

// Bytes relayed both ways between two connected sockets until both sides ended: after an upgrade, and in tcp
// mode.
class Tunnel {
 public:
  using Step = TunnelDirection::Step;
  struct Figures {
    std::uint64_t forward = 0;  // bytes that left, from first to second
    std::uint64_t backward = 0;
  };

  // Before the first advance(). Urgent bytes are relayed in their place, without their mark.
  static void begin(PeerSocket& first, PeerSocket& second);
  // Moves what can be moved, and counts it; the first one is the client. kFinished: both sides ended and
  // everything was passed on; kBroken: one side is broken, and gone(); kGoesOn: to be called again in the
  // next turn.
  Step advance(RelaySpace& space, PeerSocket& first, PeerSocket& second, TrafficCount& count);
  TunnelDirection& forward() { return forward_; }
  const Figures& figures() const { return figures_; }
  void end(RelaySpace& space);

 private:
  Step move(RelaySpace& space, PeerSocket& first, PeerSocket& second);

  TunnelDirection forward_;
  TunnelDirection backward_;
  Figures figures_;
};

}  // namespace demo
