#pragma once

#include <cstdint>
#include <string_view>

#include "net/buffer_pool.h"
#include "net/socket_ops.h"
#include "net/turn_allowance.h"
#include "server/answers.h"
#include "server/body_file.h"

namespace demo {

// What a session still has to send when the socket takes no more: held bytes, then a body from a BodyFile,
// chunked or not, in constant memory whatever its length.
class BodyStream {
 public:
  bool empty() const { return held_.empty() && left_ == 0 && segment_ == 0 && !chunked_; }

  // Keeps bytes that the socket did not take; at most limits::kPooledBufferBytes.
  void hold(BufferPool& buffers, std::string_view bytes);

  // A body of size bytes from the file follows what is held. The file is in use until finish().
  void start(BodyFile& file, std::uint64_t size, bool chunked);

  // Sends as much as the socket takes and the turn allows. kDone: everything is sent, or the allowance is
  // spent and empty() tells that more is to come. bytes: what this call sent.
  IoResult send(int fd, BufferPool& buffers, TurnAllowance& allowance);

  // Gives back the file and the buffer, sent or not.
  void finish(Answers& answers);

 private:
  // Content bytes of one chunk: large against its framing.
  static constexpr std::uint32_t kChunkBytes = 256 * 1024;

  IoResult send_held(int fd);
  IoResult send_segment(int fd, std::size_t most);
  void next_segment(BufferPool& buffers);

  Buffer held_;
  BodyFile* file_ = nullptr;   // not owned; counted in its users
  std::uint64_t left_ = 0;     // content not yet in a segment
  std::uint32_t segment_ = 0;  // content to send from the file before the next framing
  std::uint32_t offset_ = 0;   // in the file
  bool chunked_ = false;       // chunk framing is still to come, the last chunk included
  bool in_chunk_ = false;      // the segment is a chunk's: its end needs a CRLF
};

}  // namespace demo
