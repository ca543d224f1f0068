#pragma once

#include <cstdint>

namespace demo {

// What a worker tells of an address of a backend.
enum class BackendNews : std::uint8_t {
  kEjected,     // keeps requests from it for a while
  kTakenBack,   // sends it requests again
  kOut,         // holds it ejected no more, since it gets no requests at all
  kDistrusted,  // keeps no connections to it for a while, since it sent a response unasked
};

}  // namespace demo
