#pragma once

#include <cstdint>

#include "base/enum_words.h"

namespace demo {

// How new connections reach the workers.
enum class AcceptMode : std::uint8_t {
  kShared,        // one socket, every worker is woken: the stock baseline
  kExclusive,     // one socket, EPOLLEXCLUSIVE wakes one worker
  kReuseport,     // a socket a worker, the kernel's hash chooses
  kReuseportCpu,  // a socket a worker, classic BPF chooses the worker of the core that took the packet
};

template <>
inline constexpr auto kWordsOf<AcceptMode> = enum_words<AcceptMode>({{AcceptMode::kShared, "shared"},
                                                                     {AcceptMode::kExclusive, "exclusive"},
                                                                     {AcceptMode::kReuseport, "reuseport"},
                                                                     {AcceptMode::kReuseportCpu,
                                                                      "reuseport-cpu"}});

// Whether every worker has a listening socket of its own.
constexpr bool has_socket_per_worker(AcceptMode mode) {
  return mode == AcceptMode::kReuseport || mode == AcceptMode::kReuseportCpu;
}

}  // namespace demo
