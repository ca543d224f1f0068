#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/body_reader.h"
#include "http/request_head_writer.h"
#include "net/buffer_pool.h"
#include "proxy/exchange/head_desk.h"
#include "proxy/exchange/relay_step.h"
#include "proxy/relay/peer_socket.h"
#include "proxy/relay/relay_space.h"
#include "proxy/relay/splice.h"
#include "proxy/relay/traffic_count.h"

namespace demo {

// One request on its way from the client to a backend: the rewritten head, kept until it cannot be needed
// again, and the body as it comes in. Owns the buffer of the head.
class RequestRelay {
 public:
  // The framing of the request's body; before anything else, so that received() speaks of this request even
  // when it is refused.
  void expect_body(BodyKind kind, std::uint64_t length) {
    body_ = BodyReader(kind, length);
    has_body_ = kind != BodyKind::kNone;
  }
  bool has_body() const { return has_body_; }

  // Writes the head to send, behind prefix (a PROXY header, or nothing), and behind it as much of the body as
  // came with the head and fits. A head of the limit's size leaves room for what is added to it: refused is
  // only one whose Host, which may be added twice, fills half of it. rest: what was received behind the head.
  // Returns how much of rest was taken; refused() tells when the head does not fit or the body is invalid.
  std::size_t begin(RelaySpace& space, HeadDesk& desk, std::string_view prefix, const RequestHead& head,
                    const RequestForwarding& forwarding, std::string_view rest);
  bool refused() const { return rejected_; }

  // Sends and receives until something has to be waited for. input: what the client sent that was not taken
  // yet.
  RelayStep advance(RelaySpace& space, PeerSocket& client, Buffer& input, PeerSocket& backend,
                    TrafficCount& count);

  // Starts again from the first byte, for another connection. Precondition: replayable().
  void restart() {
    head_sent_ = 0;
    complete_ = false;
  }
  bool replayable() const { return replayable_; }
  bool anything_sent() const { return !replayable_ || head_sent_ > 0; }
  // Everything the client has to send was received and sent.
  bool complete() const { return complete_; }
  // The whole request was received, whether or not all of it was sent.
  bool received() const { return body_.complete(); }
  // Some of the body came.
  bool body_begun() const { return body_begun_; }
  // The head can no longer be needed: gives its buffer back once it was sent.
  void forget_replay() {
    replayable_ = false;
    if (head_sent_ < head_size()) return;
    head_.reset();
    head_rest_.reset();
    head_sent_ = 0;
  }
  const Rejection& rejection() const { return rejection_; }
  void end(RelaySpace& space);

 private:
  std::size_t head_size() const { return head_.bytes().size() + head_rest_.bytes().size(); }
  // Writes it over two buffers; false when it fits neither way.
  bool write_long_head(RelaySpace& space, HeadDesk& desk, const RequestHead& head,
                       const RequestForwarding& forwarding);
  RelayStep send_head(PeerSocket& backend, TrafficCount& count, bool body_follows);
  RelayStep send_unsent(Buffer& input, PeerSocket& backend, TrafficCount& count);
  RelayStep receive_and_send(RelaySpace& space, PeerSocket& client, Buffer& input, PeerSocket& backend,
                             TrafficCount& count);
  RelayStep splice(RelaySpace& space, PeerSocket& client, Buffer& input, PeerSocket& backend,
                   TrafficCount& count);
  RelayStep refuse();

  Buffer head_;
  Buffer head_rest_;  // what head_ has no room for: rarely anything
  BodyReader body_;
  Splice splice_;
  Rejection rejection_;
  std::uint32_t head_sent_ = 0;
  std::uint32_t unsent_ = 0;  // bytes at the front of the input that belong to the body
  bool replayable_ = true;
  bool rejected_ = false;
  bool has_body_ = false;
  bool body_begun_ = false;
  bool complete_ = false;
};

}  // namespace demo
