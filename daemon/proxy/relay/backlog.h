#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "net/buffer_pool.h"
#include "proxy/relay/peer_socket.h"

namespace demo {

// Bytes that were received but that the other side could not take yet: the bounded memory of one direction of
// a relay, two pooled buffers at most, borrowed only while they hold something.
class Backlog {
 public:
  static constexpr std::size_t kCapacityBytes = 2 * limits::kPooledBufferBytes;

  bool empty() const { return buffers_[0].empty() && buffers_[1].empty(); }
  std::size_t size() const { return buffers_[0].bytes().size() + buffers_[1].bytes().size(); }

  // Keeps a copy behind what is there. Precondition: empty, or size() + bytes.size() fits one buffer.
  void keep(BufferPool& pool, std::string_view bytes);

  // Sends what is kept. kDone: nothing is left; kAgain: the rest waits; kLost, kFailed: the connection is
  // broken. sent: grows by the bytes that left.
  IoOutcome flush(PeerSocket& to, More more, std::uint64_t& sent);

  void clear() {
    for (Buffer& buffer : buffers_) buffer.reset();
  }

 private:
  std::array<Buffer, 2> buffers_;
};

}  // namespace demo
