#pragma once

#include "http/request_head.h"
#include "http/response_parser.h"
#include "proxy/members/retry_policy.h"

namespace demo {

// What an exchange goes by of the head of its request, which is not kept.
struct RequestFacts {
  RequestFacts() = default;
  explicit RequestFacts(const RequestHead& head)
      : expectation{head.method, head.upgrade},
        minor_version(head.minor_version),
        persistent(head.persistent),
        idempotent(is_idempotent(head.method)),
        expects_continue(head.expects_continue && head.minor_version > 0) {}

  ResponseExpectation expectation;
  unsigned minor_version = 1;     // HTTP/1.x
  bool persistent = false;        // what the client asks for its connection
  bool idempotent = false;        // it may be sent twice
  bool expects_continue = false;  // the client waits for a 100 before it sends the body
};

}  // namespace demo
