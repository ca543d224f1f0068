#include "proxy/relay/splice.h"

#include <algorithm>
#include <utility>

namespace demo {

void Splice::end(PipePool& pipes) {
  if (pipe_) pipes.give_back(std::exchange(pipe_, {}));
}

Splice::Taken Splice::take(PeerSocket& from, std::uint64_t most, std::size_t& bytes) {
  const IoResult got =
      pipe_.fill(from.fd(), static_cast<std::size_t>(std::min<std::uint64_t>(most, SIZE_MAX)));
  bytes = got.bytes;
  if (got.outcome == IoOutcome::kDone) return Taken::kSome;
  if (from.may_stand_at_mark(got.outcome)) return Taken::kAtMark;
  if (got.outcome == IoOutcome::kAgain) {
    from.drained();
    return Taken::kNothing;
  }
  from.broke(got.outcome);
  return Taken::kBroken;
}

Splice::Given Splice::give(PeerSocket& to, std::uint64_t& sent) {
  while (pipe_.held() > 0) {
    if (!to.writable()) return Given::kWaits;
    const IoResult moved = pipe_.drain(to.fd());
    if (moved.outcome == IoOutcome::kAgain) {
      to.filled();
      return Given::kWaits;
    }
    if (moved.outcome != IoOutcome::kDone) {
      to.broke(moved.outcome);
      return Given::kBroken;
    }
    sent += moved.bytes;
  }
  return Given::kAll;
}

}  // namespace demo
