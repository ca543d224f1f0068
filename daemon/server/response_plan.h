#pragma once

#include <cstdint>

namespace demo {

// How a response ends up on the connection.
enum class Persistence : std::uint8_t {
  kKeep,          // HTTP/1.1, stays open: no Connection field
  kKeepExplicit,  // HTTP/1.0 with keep-alive: Connection: keep-alive
  kClose,         // Connection: close
};

// What the session has decided to answer a request with; kept while the request's body comes or a delay runs.
struct ResponsePlan {
  Persistence persistence = Persistence::kKeep;
  bool head_only = false;        // the request was HEAD
  bool shaped = false;           // the fields below replace the configured response
  bool configured_body = false;  // shaped, but with the configured body
  bool chunked = false;          // shaped: Transfer-Encoding: chunked
  std::uint16_t status = 200;
  std::uint32_t delay_ms = 0;
  std::uint64_t body_size = 0;

  bool closes() const { return persistence == Persistence::kClose; }
};

}  // namespace demo
