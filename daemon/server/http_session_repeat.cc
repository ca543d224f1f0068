#include "net/connection_trace.h"
#include "net/socket_ops.h"
#include "server/http_session.h"
#include "stats/response_count.h"

namespace demo {

// Whether what was received is one request that is known byte for byte, and nothing else, to be
// answered with the configured response: nearly every request of a load generator and most of a health
// checker. The general way through take_bytes() would come to the same answer; this one costs half the
// instructions.
bool HttpSession::is_repeat(const CachedHead* head, std::size_t received) const {
  return head != nullptr && head->size == received && is_here() && head->method != Method::kHead &&
         environment_.answers.canned().body_inline() && !tracing();
}

HttpSession::Alive HttpSession::answer_repeat(const CachedHead& head) {
  SessionEnvironment& environment = environment_;
  Answers& answers = environment.answers;
  answers.refresh_date(environment.loop.now_ns());
  const CannedResponse& canned = answers.canned();
  const Persistence persistence = persistence_of(head.persistent && may_keep(), head.minor_version);
  const bool closing = persistence == Persistence::kClose;
  closing_ = closing;
  const std::string_view bytes = canned.bytes(persistence, false);
  const IoResult sent = send_bytes(fd_.get(), bytes, closing && !unread_ ? More::kYes : More::kNo);
  count_request();
  count_response(environment.stats, canned.status());
  record_service_time(1);
  if (sent.bytes != bytes.size() || closing) return after_send(sent, bytes, closing);
  count_sent(bytes.size());
  partial_head_ = false;
  arm(environment.policy.keepalive.idle_timeout);
  return Alive::kIdle;
}

}  // namespace demo
