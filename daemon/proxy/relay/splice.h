#pragma once

#include <cstddef>
#include <cstdint>

#include "proxy/relay/byte_pipe.h"
#include "proxy/relay/peer_socket.h"

namespace demo {

// Moves bytes from one peer to another through a pipe, as long as there are many of them. Without a pipe
// until it begins, and after it ended.
class Splice {
 public:
  enum class Taken : std::uint8_t {
    kSome,
    kNothing,  // the sender has nothing now
    kAtMark,   // at an urgent mark or the end: a copy goes on behind it, and drops the mark's byte
    kBroken,   // the sender's connection
  };
  enum class Given : std::uint8_t {
    kAll,     // the pipe is empty
    kWaits,   // for room at the receiver
    kBroken,  // the receiver's connection
  };

  explicit operator bool() const { return static_cast<bool>(pipe_); }
  // Nothing happens when there is no pipe to be had: copy instead.
  void begin(PipePool& pipes) { pipe_ = pipes.take(); }
  void end(PipePool& pipes);
  std::size_t held() const { return pipe_.held(); }

  // Takes up to most bytes, which bytes says then. Precondition: it has begun, and from is readable.
  Taken take(PeerSocket& from, std::uint64_t most, std::size_t& bytes);
  // Gives what it holds; sent grows by the bytes that left.
  Given give(PeerSocket& to, std::uint64_t& sent);

 private:
  BytePipe pipe_;
};

}  // namespace demo
