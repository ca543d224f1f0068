#include "proxy/relay/tunnel.h"

#include <sys/socket.h>

namespace demo {

void TunnelDirection::put_first(RelaySpace& space, std::string_view bytes) {
  backlog_.keep(space.buffers, bytes);
}

TunnelDirection::Step TunnelDirection::advance(RelaySpace& space, PeerSocket& from, PeerSocket& to,
                                               std::uint64_t& moved) {
  space.allowance.begin();
  while (!passed_on_) {
    const std::uint64_t before = moved;
    if (flush(to, moved) == Moved::kBroken) return Step::kBroken;
    if (held() > 0) return Step::kWaiting;
    if (ended_) {
      ::shutdown(to.fd(), SHUT_WR);
      passed_on_ = true;
      end(space);
      break;
    }
    if (!from.readable() || !to.writable()) return Step::kWaiting;
    space.allowance.charge_sent(static_cast<std::size_t>(moved - before));
    if (space.allowance.spent()) return Step::kGoesOn;
    switch (splice_ ? splice(space, from) : copy(space, from, to, moved)) {
      case Moved::kSome:
        break;
      case Moved::kNothing:
        return Step::kWaiting;
      case Moved::kEnd:
        ended_ = true;
        break;
      case Moved::kBroken:
        return Step::kBroken;
    }
  }
  return Step::kFinished;
}

TunnelDirection::Moved TunnelDirection::flush(PeerSocket& to, std::uint64_t& moved) {
  const IoOutcome flushed = backlog_.flush(to, More::kNo, moved);
  if (is_broken(flushed)) return Moved::kBroken;
  return splice_.give(to, moved) == Splice::Given::kBroken ? Moved::kBroken : Moved::kSome;
}

TunnelDirection::Moved TunnelDirection::copy(RelaySpace& space, PeerSocket& from, PeerSocket& to,
                                             std::uint64_t& moved) {
  const std::span<char> bytes = space.buffers.scratch().first(limits::kPooledBufferBytes);
  const IoResult got = from.receive(bytes);
  if (got.outcome == IoOutcome::kAgain) return Moved::kNothing;
  if (got.outcome == IoOutcome::kEnd) return Moved::kEnd;
  if (is_broken(got.outcome)) return Moved::kBroken;
  space.allowance.charge_receive();
  const IoResult sent = to.send({bytes.data(), got.bytes});
  if (is_broken(sent.outcome)) return Moved::kBroken;
  moved += sent.bytes;
  backlog_.keep(space.buffers, {bytes.data() + sent.bytes, got.bytes - sent.bytes});
  // A full receive means that more is there: a bulk transfer.
  if (got.bytes == bytes.size()) splice_.begin(space.pipes);
  return Moved::kSome;
}

TunnelDirection::Moved TunnelDirection::splice(RelaySpace& space, PeerSocket& from) {
  std::size_t bytes = 0;
  switch (splice_.take(from, UINT64_MAX, bytes)) {
    case Splice::Taken::kSome:
      return Moved::kSome;
    case Splice::Taken::kNothing:
      // The bulk is over, or pauses: small pieces are cheaper copied.
      end(space);
      return Moved::kNothing;
    case Splice::Taken::kAtMark:
      end(space);
      return Moved::kSome;
    case Splice::Taken::kBroken:
      break;
  }
  return Moved::kBroken;
}

void TunnelDirection::end(RelaySpace& space) { splice_.end(space.pipes); }

Tunnel::Step Tunnel::advance(RelaySpace& space, PeerSocket& first, PeerSocket& second, TrafficCount& count) {
  const Figures before = figures_;
  const Step step = move(space, first, second);
  count.relayed_forward(figures_.forward - before.forward);
  count.relayed_backward(figures_.backward - before.backward);
  return step;
}

Tunnel::Step Tunnel::move(RelaySpace& space, PeerSocket& first, PeerSocket& second) {
  const Step forward = forward_.advance(space, first, second, figures_.forward);
  // A side that takes no more may have said something before it closed, of which epoll has not told yet: that
  // is still passed on.
  if (forward == Step::kBroken) second.note(EPOLLIN);
  const Step backward = backward_.advance(space, second, first, figures_.backward);
  if (forward == Step::kBroken) return Step::kBroken;
  if (backward == Step::kBroken) {
    first.note(EPOLLIN);
    forward_.advance(space, first, second, figures_.forward);
    return Step::kBroken;
  }
  if (forward == Step::kGoesOn || backward == Step::kGoesOn) return Step::kGoesOn;
  return forward == Step::kFinished && backward == Step::kFinished ? Step::kFinished : Step::kWaiting;
}

void Tunnel::begin(PeerSocket& first, PeerSocket& second) {
  first.take_urgent_bytes_inline();
  second.take_urgent_bytes_inline();
}

void Tunnel::end(RelaySpace& space) {
  forward_.end(space);
  backward_.end(space);
}

}  // namespace demo
