#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/enum_words.h"
#include "config/field_form.h"

namespace demo {

// What an operator wants of a backend; health adds to it at run time.
enum class BackendState : std::uint8_t {
  kReady,
  kDrain,        // no new request, what is in flight finishes
  kMaintenance,  // no new request, no health check
};

template <>
inline constexpr auto kWordsOf<BackendState> = enum_words<BackendState>({{BackendState::kReady, "ready"},
                                                                         {BackendState::kDrain, "drain"},
                                                                         {BackendState::kMaintenance,
                                                                          "maintenance"}});

// One backend of a pool. Identity: the endpoint's text within its pool.
struct Backend {
  Endpoint endpoint;
  unsigned weight = 1;           // 0 to limits::kBackendWeight; 0 takes no new request
  unsigned max_connections = 0;  // to each of its addresses, of all workers together; 0: no limit
  bool backup = false;           // used only when no other backend is usable
  BackendState state = BackendState::kReady;
  bool operator==(const Backend&) const = default;
};

template <Is<Backend> S, typename Visit>
void for_each_field(S& backend, Visit& visit) {
  visit("address", backend.endpoint);
  visit("weight", backend.weight, number_from(0, limits::kBackendWeight));
  visit("max_connections", backend.max_connections);
  visit("backup", backend.backup);
  visit("state", backend.state);
}

}  // namespace demo
