#include "config/backend.h"

#include "config/name_table.h"

namespace demo {
namespace {

constexpr NameTable<BackendState, 3> kBackendStateNames = {{{BackendState::kReady, "ready"},
                                                            {BackendState::kDrain, "drain"},
                                                            {BackendState::kMaintenance, "maintenance"}}};

}  // namespace

std::string_view to_string(BackendState state) { return name_of(kBackendStateNames, state); }
std::optional<BackendState> parse_backend_state(std::string_view text) {
  return value_of(kBackendStateNames, text);
}

}  // namespace demo
