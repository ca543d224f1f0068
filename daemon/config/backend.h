#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.h"

namespace demo {

// What an operator wants of a backend; health adds to it at run time.
enum class BackendState : std::uint8_t {
  kReady,
  kDrain,        // no new request, what is in flight finishes
  kMaintenance,  // no new request, no health check
};

// "ready", "drain", "maintenance"
std::string_view to_string(BackendState state);
std::optional<BackendState> parse_backend_state(std::string_view text);

// One backend of a pool. Identity: the endpoint's text within its pool.
struct Backend {
  Endpoint endpoint;
  unsigned weight = 1;           // 0 to limits::kBackendWeight; 0 takes no new request
  unsigned max_connections = 0;  // to each of its addresses, of all workers together; 0: no limit
  bool backup = false;           // used only when no other backend is usable
  BackendState state = BackendState::kReady;
  bool operator==(const Backend&) const = default;
};

}  // namespace demo
