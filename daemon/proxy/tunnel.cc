#include "proxy/tunnel.h"

#include <sys/socket.h>

#include <utility>

#include "proxy/workbench.h"

namespace demo {

void TunnelDirection::put_first(Workbench& bench, std::string_view bytes) {
  backlog_.keep(bench.buffers, bytes);
}

TunnelDirection::Step TunnelDirection::advance(Workbench& bench, PeerSocket& from, PeerSocket& to,
                                               std::uint64_t& moved) {
  bench.allowance.begin();
  while (!passed_on_) {
    const std::uint64_t before = moved;
    if (flush(to, moved) == Moved::kBroken) return Step::kBroken;
    if (held() > 0) return Step::kWaiting;
    if (ended_) {
      ::shutdown(to.fd(), SHUT_WR);
      passed_on_ = true;
      end(bench);
      break;
    }
    if (!from.readable() || !to.writable()) return Step::kWaiting;
    bench.allowance.charge_sent(static_cast<std::size_t>(moved - before));
    if (bench.allowance.spent()) return Step::kGoesOn;
    switch (pipe_ ? fill_pipe(bench, from) : copy(bench, from, to, moved)) {
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
  while (pipe_.held() > 0 && to.writable()) {
    const IoResult sent = pipe_.drain(to.fd());
    if (sent.outcome == IoOutcome::kAgain) {
      to.filled();
    } else if (sent.outcome != IoOutcome::kDone) {
      to.broke(sent.outcome);
      return Moved::kBroken;
    }
    moved += sent.bytes;
  }
  return Moved::kSome;
}

TunnelDirection::Moved TunnelDirection::copy(Workbench& bench, PeerSocket& from, PeerSocket& to,
                                             std::uint64_t& moved) {
  const std::span<char> space = bench.buffers.scratch().first(limits::kPooledBufferBytes);
  const IoResult got = from.receive(space);
  if (got.outcome == IoOutcome::kAgain) return Moved::kNothing;
  if (got.outcome == IoOutcome::kEnd) return Moved::kEnd;
  if (is_broken(got.outcome)) return Moved::kBroken;
  bench.allowance.charge_receive();
  const IoResult sent = to.send({space.data(), got.bytes});
  if (is_broken(sent.outcome)) return Moved::kBroken;
  moved += sent.bytes;
  backlog_.keep(bench.buffers, {space.data() + sent.bytes, got.bytes - sent.bytes});
  // A full receive means that more is there: a bulk transfer.
  if (got.bytes == space.size()) pipe_ = bench.pipes.take();
  return Moved::kSome;
}

TunnelDirection::Moved TunnelDirection::fill_pipe(Workbench& bench, PeerSocket& from) {
  const IoResult got = pipe_.fill(from.fd(), pipe_.room());
  if (got.outcome == IoOutcome::kAgain || got.outcome == IoOutcome::kEnd) {
    // The bulk is over, or pauses: small pieces are cheaper copied.
    end(bench);
    if (from.may_stand_at_mark(got.outcome)) return Moved::kSome;
    from.drained();
    return Moved::kNothing;
  }
  if (is_broken(got.outcome)) {
    from.broke(got.outcome);
    return Moved::kBroken;
  }
  return Moved::kSome;
}

void TunnelDirection::end(Workbench& bench) {
  if (pipe_) bench.pipes.give_back(std::exchange(pipe_, {}));
}

Tunnel::Step Tunnel::advance(Workbench& bench, PeerSocket& first, PeerSocket& second, Figures& figures) {
  const Step forward = forward_.advance(bench, first, second, figures.forward);
  // A side that takes no more may have said something before it closed, of which epoll has not told yet: that
  // is still passed on.
  if (forward == Step::kBroken) second.note(EPOLLIN);
  const Step backward = backward_.advance(bench, second, first, figures.backward);
  if (forward == Step::kBroken) return Step::kBroken;
  if (backward == Step::kBroken) {
    first.note(EPOLLIN);
    forward_.advance(bench, first, second, figures.forward);
    return Step::kBroken;
  }
  if (forward == Step::kGoesOn || backward == Step::kGoesOn) return Step::kGoesOn;
  return forward == Step::kFinished && backward == Step::kFinished ? Step::kFinished : Step::kWaiting;
}

void Tunnel::begin(PeerSocket& first, PeerSocket& second) {
  first.take_urgent_bytes_inline();
  second.take_urgent_bytes_inline();
}

void Tunnel::end(Workbench& bench) {
  forward_.end(bench);
  backward_.end(bench);
}

}  // namespace demo
