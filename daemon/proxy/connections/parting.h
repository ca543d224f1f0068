#pragma once

#include <cstdint>

namespace demo {

// How we close a connection with a backend. Who closes first keeps the connection's addresses in TIME_WAIT
// for a minute (RFC 9293 section 3.6.1): a local port towards that backend.
enum class Parting : std::uint8_t {
  kFin,    // the ordinary close
  kReset,  // costs no port; what the backend has not read yet is lost to it
  kWait,   // for the backend to close first, for a while: costs none, and loses nothing
};

// What is known when a connection is given up.
struct PartingFacts {
  bool answered = false;  // its last request was sent whole, and the response came whole
  bool had_body = false;  // that request had a body
  bool will_end = false;  // the backend was told to close, or said that it will
  bool ended = false;     // its end came: it closed first
};

// Never a reset that truncates what the backend still reads. An answer proves that a request without a body
// was read. It proves nothing of a body, which a backend may answer before it reads it, nor does the kernel's
// acknowledgement: so a reset never follows a body. Pure.
constexpr Parting parting(const PartingFacts& facts) {
  if (facts.ended || !facts.answered) return Parting::kFin;
  if (!facts.had_body) return Parting::kReset;
  return facts.will_end ? Parting::kWait : Parting::kFin;
}

}  // namespace demo
