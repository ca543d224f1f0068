#include "net/connection_trace.h"
#include "net/socket_ops.h"
#include "server/server_room.h"
#include "server/session.h"

namespace demo {

// Whether what was received is one request that the room knows byte for byte, and nothing else, to be
// answered with the configured response: nearly every request of a load generator and most of a health
// checker. The general way through take_bytes() would come to the same answer; this one costs half the
// instructions.
bool Session::is_repeat(const CachedHead* head, std::size_t received) const {
  return head != nullptr && head->size == received && listener_.taker == &room_ &&
         head->method != Method::kHead && room_.answers_.canned().body_inline() && !tracing();
}

Session::Alive Session::answer_repeat(const CachedHead& head) {
  Answers& answers = room_.answers_;
  answers.refresh_date(room_.loop_.now_ns());
  const CannedResponse& canned = answers.canned();
  plan_persistence(head.persistent, head.minor_version);
  const bool closing = plan_.closes();
  closing_ = closing;
  const std::string_view bytes = canned.bytes(plan_.persistence, false);
  const IoResult sent = send_bytes(fd_.get(), bytes, closing && !unread_ ? More::kYes : More::kNo);
  count_request();
  room_.count_response(canned.status());
  room_.record_service_time(1);
  if (sent.bytes != bytes.size() || closing) return after_send(sent, bytes, closing);
  count_sent(bytes.size());
  partial_head_ = false;
  room_.loop_.timers().arm(*this, room_.keepalive_.idle_timeout);
  return Alive::kIdle;
}

}  // namespace demo
