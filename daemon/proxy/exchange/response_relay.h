#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "http/body_reader.h"
#include "http/response_head_writer.h"
#include "http/response_parser.h"
#include "net/buffer_pool.h"
#include "proxy/exchange/head_desk.h"
#include "proxy/exchange/relay_step.h"
#include "proxy/relay/backlog.h"
#include "proxy/relay/peer_socket.h"
#include "proxy/relay/relay_space.h"
#include "proxy/relay/splice.h"
#include "proxy/relay/traffic_count.h"

namespace demo {

// What a response has to keep to on its way to the client.
struct ClientTerms {
  unsigned minor_version = 1;
  bool keep = false;          // the connection may take another request after this response
  bool request_sent = false;  // entirely
  bool via = false;           // Via is added
};

// One response on its way from a backend to the client: interim heads, the final head rewritten, the body
// with back-pressure. Owns the buffers that hold what one side sent and the other has not taken.
class ResponseRelay {
 public:
  // What the request says about the response. may_ask_again: the connection served others before, and the
  // request may be sent twice: a 408 then is the end of a connection that rested too long, not an answer.
  void expect(const ResponseExpectation& expectation, bool may_ask_again) {
    expectation_ = expectation;
    may_ask_again_ = may_ask_again;
  }

  // Receives and sends until something has to be waited for. terms: as they stand now; they bind with the
  // final head.
  RelayStep advance(RelaySpace& space, HeadDesk& desk, PeerSocket& backend, PeerSocket& client,
                    const ClientTerms& terms, TrafficCount& count);

  // Bytes of a response came, interim or final: the request cannot be sent again.
  bool begun() const { return begun_; }
  // The final head was given to the client, or an interim one in part: an error cannot be told in a response.
  bool shown() const { return shown_ || !backlog_.empty(); }
  // The final head came; the accessors below are valid from then on.
  bool has_head() const { return state_ != State::kHead; }
  bool complete() const { return state_ == State::kDone; }
  unsigned status() const { return status_; }
  bool keeps_client() const { return keeps_client_; }
  // The backend's connection can serve another exchange.
  bool leaves_backend_usable() const { return backend_persists_ && !excess_; }
  // Another response followed that nobody had asked for.
  bool strayed() const { return strayed_; }
  // The backend means to keep it.
  bool backend_persists() const { return backend_persists_; }
  // 101: what follows on both sides is another protocol.
  bool switched() const { return switched_; }
  // Interim responses that came so far.
  unsigned interim_count() const { return interim_count_; }
  const Rejection& rejection() const { return rejection_; }
  void end(RelaySpace& space);

 private:
  //           final head           body complete, or none
  //   kHead ─────────────▶ kBody ──────────────────────▶ kDone
  enum class State : std::uint8_t { kHead, kBody, kDone };
  void transition(State next) { state_ = next; }

  RelayStep receive_head(RelaySpace& space, HeadDesk& desk, PeerSocket& backend, PeerSocket& client,
                         const ClientTerms& terms, TrafficCount& count);
  RelayStep take_heads(RelaySpace& space, HeadDesk& desk, std::string_view bytes, std::size_t seen,
                       PeerSocket& client, const ClientTerms& terms, TrafficCount& count);
  bool write_head(HeadDesk& desk, std::span<char>& out, const ResponseHead& head, const ClientTerms& terms);
  void decide(const ResponseHead& head, const ClientTerms& terms);
  RelayStep receive_body(RelaySpace& space, PeerSocket& backend, PeerSocket& client, TrafficCount& count);
  RelayStep splice(RelaySpace& space, PeerSocket& backend, PeerSocket& client, TrafficCount& count);
  // The part of bytes to pass on, at their front; takes note of the end of the body.
  bool take_body(std::span<char> bytes, std::size_t& passed_on);
  RelayStep deliver(RelaySpace& space, PeerSocket& client, std::string_view bytes, TrafficCount& count);
  RelayStep refuse(const Rejection& rejection);
  // The last bytes before the connection closes share their segment with the FIN.
  More more() const { return complete() && !keeps_client_ && !switched_ ? More::kYes : More::kNo; }

  Buffer partial_;  // an incomplete head
  Backlog backlog_;
  BodyReader body_;
  Splice splice_;
  Rejection rejection_;
  ResponseExpectation expectation_;
  std::uint16_t status_ = 0;
  std::uint16_t interim_count_ = 0;
  State state_ = State::kHead;
  bool begun_ = false;
  bool shown_ = false;
  bool keeps_client_ = false;
  bool backend_persists_ = false;
  bool excess_ = false;         // the backend sent more than its message
  bool strayed_ = false;        // which is a response
  bool content_alone_ = false;  // chunks are taken apart
  bool switched_ = false;
  bool may_ask_again_ = false;
};

}  // namespace demo
