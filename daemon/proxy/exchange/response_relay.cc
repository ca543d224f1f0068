#include "proxy/exchange/response_relay.h"

#include <cstring>
#include <utility>

#include "proxy/connections/stray_response.h"
#include "proxy/exchange/body_filter.h"
#include "proxy/exchange/spliced_body.h"

namespace demo {
namespace {

constexpr Rejection kTooManyInterim{502, "the backend sent too many interim responses"};
constexpr Rejection kResponseHeadTooLarge{502, "the backend's response head is too large to forward", true};
constexpr Rejection kBrokenHead{502, "the backend's response broke off within its head"};
// A client can ask a backend that does not wait for bodies for just that.
constexpr Rejection kEarlySwitch{502, "the backend switched protocols before the request was complete", true};
constexpr unsigned kInterimResponses = 32;

}  // namespace

RelayStep ResponseRelay::advance(RelaySpace& space, HeadDesk& desk, PeerSocket& backend, PeerSocket& client,
                                 const ClientTerms& terms, TrafficCount& count) {
  space.allowance.begin();
  for (;;) {
    if (!backlog_.empty()) {
      std::uint64_t sent = 0;
      const IoOutcome flushed = backlog_.flush(client, more(), sent);
      count.to_client(sent);
      if (is_broken(flushed)) return RelayStep::kReceiverFailed;
      if (flushed == IoOutcome::kAgain) return RelayStep::kWaitsToSend;
    }
    if (complete() && splice_.held() == 0) {
      end(space);
      return RelayStep::kDone;
    }
    if (space.allowance.spent()) return RelayStep::kGoesOn;
    RelayStep step = RelayStep::kDone;
    if (!has_head()) {
      step = receive_head(space, desk, backend, client, terms, count);
    } else {
      if (!splice_ && !content_alone_ && body_.remaining_length() >= limits::kSpliceBytes) {
        splice_.begin(space.pipes);
      }
      step = splice_ ? splice(space, backend, client, count) : receive_body(space, backend, client, count);
    }
    if (step != RelayStep::kDone) return step;
  }
}

RelayStep ResponseRelay::receive_head(RelaySpace& space, HeadDesk& desk, PeerSocket& backend,
                                      PeerSocket& client, const ClientTerms& terms, TrafficCount& count) {
  if (!backend.readable()) return RelayStep::kWaitsToReceive;
  const std::size_t seen = partial_.bytes().size();
  const std::span<char> into =
      partial_ ? partial_.space() : space.buffers.scratch().first(limits::kPooledBufferBytes);
  const IoResult got = backend.receive(into);
  if (got.outcome == IoOutcome::kAgain) return RelayStep::kWaitsToReceive;
  if (got.outcome != IoOutcome::kDone) {
    if (seen > 0) return refuse(kBrokenHead);
    return RelayStep::kSenderEnded;
  }
  begun_ = true;
  count.from_backend(got.bytes);
  if (seen == 0) return take_heads(space, desk, {into.data(), got.bytes}, 0, client, terms, count);
  partial_.filled(got.bytes);
  // The views of a parsed head point into the buffer: it must stay until all is written.
  Buffer held = std::move(partial_);
  return take_heads(space, desk, held.bytes(), seen, client, terms, count);
}

RelayStep ResponseRelay::take_heads(RelaySpace& space, HeadDesk& desk, std::string_view bytes,
                                    std::size_t seen, PeerSocket& client, const ClientTerms& terms,
                                    TrafficCount& count) {
  std::span<char> out = desk.assembly();
  while (!has_head()) {
    switch (desk.response_parser.parse(bytes, expectation_, seen)) {
      case ParseOutcome::kRejected:
        return refuse(desk.response_parser.rejection());
      case ParseOutcome::kIncomplete:
        if (bytes.size() == limits::kPooledBufferBytes) return refuse(kResponseHeadTooLarge);
        if (!bytes.empty()) {
          partial_ = space.buffers.borrow();
          partial_.append(bytes);
        }
        return deliver(space, client, desk.assembled(out), count);
      case ParseOutcome::kComplete:
        break;
    }
    const ResponseHead& head = desk.response_parser.head();
    if (head.status == 408 && may_ask_again_ && interim_count_ == 0) {
      begun_ = false;
      return RelayStep::kSenderEnded;
    }
    // What is left of the request would be taken for the new protocol.
    if (head.switches && !terms.request_sent) return refuse(kEarlySwitch);
    if (head.interim() && ++interim_count_ > kInterimResponses) return refuse(kTooManyInterim);
    if (!write_head(desk, out, head, terms)) return refuse(kResponseHeadTooLarge);
    bytes.remove_prefix(head.size);
    seen = 0;
  }
  // The assembly area has room for all that one receive brings beside its heads.
  std::memcpy(out.data(), bytes.data(), bytes.size());
  std::size_t passed_on = bytes.size();
  if (!switched_ && !take_body(out.first(bytes.size()), passed_on))
    return refuse({502, body_.rejection().reason});
  return deliver(space, client, desk.assembled(out.subspan(passed_on)), count);
}

// Decides at the final head how the response goes on, and writes the head unless the client cannot understand
// it.
bool ResponseRelay::write_head(HeadDesk& desk, std::span<char>& out, const ResponseHead& head,
                               const ClientTerms& terms) {
  ResponseForwarding forwarding;
  forwarding.client_minor_version = terms.minor_version;
  forwarding.via = terms.via;
  if (head.interim()) {
    if (terms.minor_version == 0) return true;  // RFC 9110 section 15.2
  } else {
    decide(head, terms);
    forwarding.date = desk.date();
    forwarding.connection = switched_       ? ClientConnection::kSwitch
                            : keeps_client_ ? ClientConnection::kKeep
                                            : ClientConnection::kClose;
    if (content_alone_) forwarding.framing = ClientFraming::kUntilClose;
  }
  const std::string_view written = desk.written_response.write(out, head, forwarding);
  out = out.subspan(written.size());
  return !written.empty();
}

void ResponseRelay::decide(const ResponseHead& head, const ClientTerms& terms) {
  status_ = static_cast<std::uint16_t>(head.status);
  switched_ = head.switches;
  content_alone_ = head.chunked && terms.minor_version == 0;
  keeps_client_ = terms.keep && head.body != BodyKind::kUntilClose && !content_alone_ && !switched_;
  backend_persists_ = head.persistent && head.body != BodyKind::kUntilClose && !switched_;
  body_ = BodyReader(head.body, head.content_length);
  transition(body_.complete() ? State::kDone : State::kBody);
}

RelayStep ResponseRelay::receive_body(RelaySpace& space, PeerSocket& backend, PeerSocket& client,
                                      TrafficCount& count) {
  // What the client does not take yet stays in the kernel, and the backend is slowed down.
  if (!client.writable()) return RelayStep::kWaitsToSend;
  if (!backend.readable()) return RelayStep::kWaitsToReceive;
  const std::span<char> into = space.buffers.scratch().first(limits::kPooledBufferBytes);
  const IoResult got = backend.receive(into);
  if (got.outcome == IoOutcome::kAgain) return RelayStep::kWaitsToReceive;
  if (got.outcome == IoOutcome::kEnd && body_.kind() == BodyKind::kUntilClose) {
    transition(State::kDone);
    return RelayStep::kDone;
  }
  if (got.outcome != IoOutcome::kDone) return RelayStep::kSenderEnded;
  space.allowance.charge_receive();
  count.from_backend(got.bytes);
  std::size_t passed_on = 0;
  if (!take_body(into.first(got.bytes), passed_on)) return refuse({502, body_.rejection().reason});
  return deliver(space, client, {into.data(), passed_on}, count);
}

bool ResponseRelay::take_body(std::span<char> bytes, std::size_t& passed_on) {
  const FilteredBody part =
      filter_body(body_, bytes, content_alone_ ? BodyForm::kContent : BodyForm::kFramed);
  if (part.outcome == ParseOutcome::kRejected) return false;
  passed_on = part.kept;
  if (part.taken < bytes.size()) {
    excess_ = true;
    strayed_ = is_stray_response({bytes.data() + part.taken, bytes.size() - part.taken});
  }
  if (body_.complete()) transition(State::kDone);
  return true;
}

RelayStep ResponseRelay::splice(RelaySpace& space, PeerSocket& backend, PeerSocket& client,
                                TrafficCount& count) {
  const SplicedBody moved = splice_body(splice_, body_, backend, client, space.allowance);
  if (moved.at_mark) return receive_body(space, backend, client, count);
  if (body_.complete()) transition(State::kDone);
  count.from_backend(moved.taken);
  count.to_client(moved.sent);
  return moved.step;
}

RelayStep ResponseRelay::deliver(RelaySpace& space, PeerSocket& client, std::string_view bytes,
                                 TrafficCount& count) {
  if (bytes.empty()) return RelayStep::kDone;
  if (has_head()) shown_ = true;
  std::size_t sent_bytes = 0;
  if (client.writable()) {
    const IoResult sent = client.send(bytes, more());
    if (is_broken(sent.outcome)) return RelayStep::kReceiverFailed;
    sent_bytes = sent.bytes;
    count.to_client(sent_bytes);
  }
  if (sent_bytes < bytes.size()) backlog_.keep(space.buffers, bytes.substr(sent_bytes));
  return RelayStep::kDone;
}

RelayStep ResponseRelay::refuse(const Rejection& rejection) {
  rejection_ = rejection;
  return RelayStep::kRefused;
}

void ResponseRelay::end(RelaySpace& space) {
  partial_.reset();
  splice_.end(space.pipes);
}

}  // namespace demo
