#include "proxy/exchange/request_relay.h"

#include <cstring>

#include "proxy/exchange/body_filter.h"
#include "proxy/exchange/spliced_body.h"

namespace demo {
namespace {

constexpr Rejection kHeadTooLargeToForward{431, "the request head is too large to forward"};

}  // namespace

std::size_t RequestRelay::begin(RelaySpace& space, HeadDesk& desk, std::string_view prefix,
                                const RequestHead& head, const RequestForwarding& forwarding,
                                std::string_view rest) {
  head_ = space.buffers.borrow();
  if (!prefix.empty()) head_.append(prefix);
  const std::string_view written = desk.written_request.write(head_.space(), head, forwarding);
  head_.filled(written.size());
  if (written.empty() && !write_long_head(space, desk, head, forwarding)) {
    rejected_ = true;
    rejection_ = kHeadTooLargeToForward;
    return 0;
  }
  if (body_.complete()) return 0;
  Buffer& last = head_rest_ ? head_rest_ : head_;
  const std::span<char> free = last.space();
  rest = rest.substr(0, free.size());
  std::memcpy(free.data(), rest.data(), rest.size());
  const FilteredBody part = filter_body(body_, free.first(rest.size()), BodyForm::kFramed);
  if (part.outcome == ParseOutcome::kRejected) {
    refuse();
    return 0;
  }
  last.filled(part.kept);
  body_begun_ = part.taken > 0;
  return part.taken;
}

bool RequestRelay::write_long_head(RelaySpace& space, HeadDesk& desk, const RequestHead& head,
                                   const RequestForwarding& forwarding) {
  std::string_view written = write_request_head(desk.assembly(), head, forwarding);
  const std::size_t first = head_.space().size();
  if (written.empty() || written.size() > first + limits::kPooledBufferBytes) return false;
  head_.append(written.substr(0, first));
  head_rest_ = space.buffers.borrow();
  return head_rest_.append(written.substr(first));
}

RelayStep RequestRelay::advance(RelaySpace& space, PeerSocket& client, Buffer& input, PeerSocket& backend,
                                TrafficCount& count) {
  if (complete_) return RelayStep::kDone;
  if (head_sent_ < head_size()) {
    const RelayStep step = send_head(backend, count, !body_.complete() && !input.empty());
    if (step != RelayStep::kDone) return step;
  }
  space.allowance.begin();
  while (unsent_ > 0 || !body_.complete() || splice_.held() > 0) {
    if (space.allowance.spent()) return RelayStep::kGoesOn;
    if (unsent_ > 0) {
      const RelayStep step = send_unsent(input, backend, count);
      if (step != RelayStep::kDone) return step;
      continue;
    }
    if (!input.empty()) {
      body_begun_ = true;
      const std::span<char> bytes = input.writable_bytes();
      const FilteredBody part = filter_body(body_, bytes, BodyForm::kFramed);
      if (part.outcome == ParseOutcome::kRejected) return refuse();
      // What is kept moves up to what follows the body.
      const std::size_t dropped = part.taken - part.kept;
      if (dropped > 0) std::memmove(bytes.data() + dropped, bytes.data(), part.kept);
      input.consume(dropped);
      unsent_ = static_cast<std::uint32_t>(part.kept);
      continue;
    }
    if (!splice_ && body_.remaining_length() >= limits::kSpliceBytes) splice_.begin(space.pipes);
    const RelayStep step = splice_ ? splice(space, client, input, backend, count)
                                   : receive_and_send(space, client, input, backend, count);
    if (step != RelayStep::kDone) return step;
  }
  complete_ = true;
  end(space);
  return RelayStep::kDone;
}

RelayStep RequestRelay::send_head(PeerSocket& backend, TrafficCount& count, bool body_follows) {
  const std::size_t first = head_.bytes().size();
  while (head_sent_ < head_size()) {
    if (!backend.writable()) return RelayStep::kWaitsToSend;
    const bool in_rest = head_sent_ >= first;
    const std::string_view bytes =
        in_rest ? head_rest_.bytes().substr(head_sent_ - first) : head_.bytes().substr(head_sent_);
    const bool more = body_follows || (!in_rest && head_rest_);
    const IoResult sent = backend.send(bytes, more ? More::kYes : More::kNo);
    if (is_broken(sent.outcome)) return RelayStep::kReceiverFailed;
    head_sent_ += static_cast<std::uint32_t>(sent.bytes);
    count.to_backend(sent.bytes);
  }
  return RelayStep::kDone;
}

RelayStep RequestRelay::send_unsent(Buffer& input, PeerSocket& backend, TrafficCount& count) {
  forget_replay();
  while (unsent_ > 0) {
    if (!backend.writable()) return RelayStep::kWaitsToSend;
    const IoResult sent = backend.send(input.bytes().substr(0, unsent_));
    if (is_broken(sent.outcome)) return RelayStep::kReceiverFailed;
    unsent_ -= static_cast<std::uint32_t>(sent.bytes);
    input.consume(sent.bytes);
    count.to_backend(sent.bytes);
  }
  if (input.empty()) input.reset();
  return RelayStep::kDone;
}

// The input is empty: what comes goes straight from the worker's scratch to the backend.
RelayStep RequestRelay::receive_and_send(RelaySpace& space, PeerSocket& client, Buffer& input,
                                         PeerSocket& backend, TrafficCount& count) {
  // Taking more than the backend takes would only move bytes from the kernel's memory to ours.
  if (!backend.writable()) return RelayStep::kWaitsToSend;
  if (!client.readable()) return RelayStep::kWaitsToReceive;
  const std::span<char> into = space.buffers.scratch().first(limits::kPooledBufferBytes);
  const IoResult got = client.receive(into);
  if (got.outcome == IoOutcome::kAgain) return RelayStep::kWaitsToReceive;
  if (got.outcome != IoOutcome::kDone) return RelayStep::kSenderEnded;
  body_begun_ = true;
  space.allowance.charge_receive();
  count.from_client(got.bytes);
  const FilteredBody part = filter_body(body_, into.first(got.bytes), BodyForm::kFramed);
  if (part.outcome == ParseOutcome::kRejected) return refuse();
  forget_replay();
  std::size_t sent_bytes = 0;
  if (part.kept > 0) {
    const IoResult sent = backend.send({into.data(), part.kept});
    if (is_broken(sent.outcome)) return RelayStep::kReceiverFailed;
    sent_bytes = sent.bytes;
    count.to_backend(sent_bytes);
  }
  if (sent_bytes < part.kept || part.taken < got.bytes) {
    unsent_ = static_cast<std::uint32_t>(part.kept - sent_bytes);
    input = space.buffers.borrow();
    input.append({into.data() + sent_bytes, part.kept - sent_bytes});
    input.append({into.data() + part.taken, got.bytes - part.taken});
  }
  return RelayStep::kDone;
}

RelayStep RequestRelay::splice(RelaySpace& space, PeerSocket& client, Buffer& input, PeerSocket& backend,
                               TrafficCount& count) {
  forget_replay();
  const SplicedBody moved = splice_body(splice_, body_, client, backend, space.allowance);
  if (moved.at_mark) return receive_and_send(space, client, input, backend, count);
  body_begun_ = body_begun_ || moved.taken > 0;
  count.from_client(moved.taken);
  count.to_backend(moved.sent);
  return moved.step;
}

RelayStep RequestRelay::refuse() {
  rejected_ = true;
  rejection_ = body_.rejection();
  return RelayStep::kRefused;
}

void RequestRelay::end(RelaySpace& space) { splice_.end(space.pipes); }

}  // namespace demo
