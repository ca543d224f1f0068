#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace demo {

// How new connections reach the workers.
enum class AcceptMode : std::uint8_t {
  kShared,        // one socket, every worker is woken: the stock baseline
  kExclusive,     // one socket, EPOLLEXCLUSIVE wakes one worker
  kReuseport,     // a socket a worker, the kernel's hash chooses
  kReuseportCpu,  // a socket a worker, classic BPF chooses the worker of the core that took the packet
};

// "shared", "exclusive", "reuseport", "reuseport-cpu"
std::string_view to_string(AcceptMode mode);
std::optional<AcceptMode> parse_accept_mode(std::string_view text);

// Whether every worker has a listening socket of its own.
constexpr bool has_socket_per_worker(AcceptMode mode) {
  return mode == AcceptMode::kReuseport || mode == AcceptMode::kReuseportCpu;
}

}  // namespace demo
