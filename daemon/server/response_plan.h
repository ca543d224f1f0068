#pragma once

#include <cstdint>

#include "http/request_head.h"

namespace demo {

// How a response ends up on the connection.
enum class Persistence : std::uint8_t {
  kKeep,          // HTTP/1.1, stays open: no Connection field
  kKeepExplicit,  // HTTP/1.0 with keep-alive: Connection: keep-alive
  kClose,         // Connection: close
};

// What a request asks its response to be; kept while the request's body comes or a delay runs. It holds no
// part of the configured response, which may change meanwhile: see Answers::shape().
struct ResponsePlan {
  Persistence persistence = Persistence::kKeep;
  bool head_only = false;    // the request was HEAD
  bool shaped = false;       // the fields below were asked for
  bool sized = false;        // shaped: a body of body_size bytes; else the configured body
  bool chunked = false;      // shaped: Transfer-Encoding: chunked
  std::uint16_t status = 0;  // shaped; 0: the configured status
  std::uint32_t delay_ms = 0;
  std::uint64_t body_size = 0;

  bool closes() const { return persistence == Persistence::kClose; }
};

// keep: whether the connection stays open after the response to a request of HTTP/1.minor_version.
constexpr Persistence persistence_of(bool keep, unsigned minor_version) {
  if (!keep) return Persistence::kClose;
  return minor_version == 0 ? Persistence::kKeepExplicit : Persistence::kKeep;
}

// What the request asks for. keep: as above, as far as the settings go. shaping: whether its query counts.
ResponsePlan plan_response(const RequestHead& head, bool keep, bool shaping);

// What a shaped response is, with everything that its head promises. Of the settings in force when it was
// made: made, promised and begun without a pause in between.
struct ResponseFacts {
  unsigned status = 200;
  bool has_body = false;  // by its status; it may still be empty
  bool chunked = false;
  std::uint64_t body_size = 0;
};

}  // namespace demo
