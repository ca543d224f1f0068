#include "proxy/exchange/spliced_body.h"

namespace demo {

SplicedBody splice_body(Splice& splice, BodyReader& body, PeerSocket& from, PeerSocket& to,
                        TurnAllowance& allowance) {
  SplicedBody moved;
  if (splice.held() == 0) {
    if (!from.readable()) return {.step = RelayStep::kWaitsToReceive};
    const std::uint64_t left = body.remaining_length();
    switch (splice.take(from, left, moved.taken)) {
      case Splice::Taken::kSome:
        break;
      case Splice::Taken::kNothing:
        return {.step = RelayStep::kWaitsToReceive};
      case Splice::Taken::kAtMark:
        return {.at_mark = true};
      case Splice::Taken::kBroken:
        return {.step = RelayStep::kSenderEnded};
    }
    allowance.charge_sent(moved.taken);
    body = BodyReader(left == moved.taken ? BodyKind::kNone : BodyKind::kLength, left - moved.taken);
  }
  switch (splice.give(to, moved.sent)) {
    case Splice::Given::kAll:
      break;
    case Splice::Given::kWaits:
      moved.step = RelayStep::kWaitsToSend;
      break;
    case Splice::Given::kBroken:
      moved.step = RelayStep::kReceiverFailed;
      break;
  }
  return moved;
}

}  // namespace demo
