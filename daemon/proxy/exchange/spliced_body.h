#pragma once

#include <cstddef>
#include <cstdint>

#include "http/body_reader.h"
#include "net/turn_allowance.h"
#include "proxy/exchange/relay_step.h"
#include "proxy/relay/peer_socket.h"
#include "proxy/relay/splice.h"

namespace demo {

// What one step of a body's splicing came to.
struct SplicedBody {
  std::size_t taken = 0;              // bytes of the sender
  std::uint64_t sent = 0;             // bytes that left to the receiver
  bool at_mark = false;               // nothing was moved: receive instead, see Splice::Taken::kAtMark
  RelayStep step = RelayStep::kDone;  // kDone: there may be more to do at once
};

// Takes of a body by length what comes of it, unless the splice holds some still, and gives what the splice
// holds. Precondition: the splice has begun.
SplicedBody splice_body(Splice& splice, BodyReader& body, PeerSocket& from, PeerSocket& to,
                        TurnAllowance& allowance);

}  // namespace demo
