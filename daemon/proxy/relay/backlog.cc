#include "proxy/relay/backlog.h"

#include <algorithm>
#include <cstdlib>

namespace demo {

void Backlog::keep(BufferPool& pool, std::string_view bytes) {
  for (Buffer& buffer : buffers_) {
    if (bytes.empty()) return;
    if (!buffer) buffer = pool.borrow();
    const std::size_t room = limits::kPooledBufferBytes - buffer.bytes().size();
    const std::size_t taken = std::min(room, bytes.size());
    buffer.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
  }
  if (!bytes.empty()) std::abort();  // the relay received more than it may hold
}

IoOutcome Backlog::flush(PeerSocket& to, More more, std::uint64_t& sent) {
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    Buffer& buffer = buffers_[i];
    while (!buffer.empty()) {
      if (!to.writable()) return IoOutcome::kAgain;
      const bool last = i + 1 == buffers_.size() || buffers_[i + 1].empty();
      const IoResult moved = to.send(buffer.bytes(), last ? more : More::kYes);
      if (is_broken(moved.outcome)) return moved.outcome;
      buffer.consume(moved.bytes);
      sent += moved.bytes;
    }
    buffer.reset();
  }
  return IoOutcome::kDone;
}

}  // namespace demo
