#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "channel/frame.h"
#include "channel/messages.h"

namespace demo {

// One end of the conversation between the supervisor and a worker: typed messages over a non-blocking
// SOCK_SEQPACKET socket. Owns the socket and what is not sent yet, watches nothing: its owner calls it when
// the socket is ready.
class Channel {
 public:
  explicit Channel(UniqueFd socket) : socket_(std::move(socket)) {}

  // Two connected, close-on-exec ends, socketpair(2). Error: kResourceExhausted.
  static Result<std::pair<UniqueFd, UniqueFd>> open_pair();

  int fd() const { return socket_.get(); }

  // Sends the message, or keeps what the socket does not take until flush(). Error: as encode() and
  // send_frame().
  Status send(Message message);
  // Whether flush() is to be called when the socket becomes writable.
  bool has_unsent() const { return !unsent_.empty(); }
  Status flush();
  // Whether the last call sent or received less than it could for a lack of descriptors or memory: the socket
  // does not tell when there is some again, so call flush() and receive() after a while.
  bool is_short() const { return short_of_sending_ || short_of_receiving_; }

  // The next message; nothing when none is complete yet or the peer has closed its end: see closed(). Call
  // until it gives nothing. Error: a malformed frame or a broken socket; the channel is of no use then.
  Result<std::optional<Message>> receive();
  // Whether the peer has closed its end.
  bool closed() const { return closed_; }

 private:
  UniqueFd socket_;
  std::deque<Frame> unsent_;
  MessageAssembler assembler_;
  bool closed_ = false;
  bool short_of_sending_ = false;
  bool short_of_receiving_ = false;
};

}  // namespace demo
