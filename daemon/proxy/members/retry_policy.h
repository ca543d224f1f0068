#pragma once

#include <cstdint>

#include "http/request_head.h"

namespace demo {

// What became of one attempt to get a response from a backend.
enum class AttemptFailure : std::uint8_t {
  kConnectRefused,  // connect(2) failed: nothing was sent
  kConnectTimeout,  // no answer to connect in time: nothing was sent
  kClosedEarly,     // the connection ended before any byte of a response
  kSpokeFirst,      // bytes came on a new connection before anything was sent
  kHeadTimeout,     // the backend had the request and took too long
};

// What an attempt had done when it failed.
struct AttemptFacts {
  AttemptFailure failure = AttemptFailure::kClosedEarly;
  bool idempotent = false;     // see is_idempotent()
  bool anything_sent = false;  // a byte of the request was given to the kernel
  bool replayable = true;      // everything sent so far is still at hand
  unsigned attempts = 1;       // made so far
};

// RFC 9110 section 9.2.2. An extension method is taken for one that is not.
constexpr bool is_idempotent(Method method) {
  switch (method) {
    case Method::kGet:
    case Method::kHead:
    case Method::kPut:
    case Method::kDelete:
    case Method::kOptions:
    case Method::kTrace:
      return true;
    case Method::kPost:
    case Method::kPatch:
    case Method::kOther:
      return false;
  }
  return false;
}

// Attempts of one request in all. More would hold a request of a pool in trouble without helping it.
inline constexpr unsigned kAttemptsPerRequest = 4;

// Whether the request may be sent again to another (or a new) connection, budget aside (RFC 9110
// section 9.2.2).
constexpr bool may_retry(const AttemptFacts& facts) {
  if (facts.attempts >= kAttemptsPerRequest || !facts.replayable) return false;
  switch (facts.failure) {
    case AttemptFailure::kConnectRefused:
    case AttemptFailure::kConnectTimeout:
    case AttemptFailure::kSpokeFirst:
      return true;
    case AttemptFailure::kClosedEarly:
      return facts.idempotent || !facts.anything_sent;
    case AttemptFailure::kHeadTimeout:
      return false;
  }
  return false;
}

}  // namespace demo
