#include "config/accept_mode.h"

#include "config/name_table.h"

namespace demo {
namespace {

constexpr NameTable<AcceptMode, 4> kAcceptModeNames = {{{AcceptMode::kShared, "shared"},
                                                        {AcceptMode::kExclusive, "exclusive"},
                                                        {AcceptMode::kReuseport, "reuseport"},
                                                        {AcceptMode::kReuseportCpu, "reuseport-cpu"}}};

}  // namespace

std::string_view to_string(AcceptMode mode) { return name_of(kAcceptModeNames, mode); }
std::optional<AcceptMode> parse_accept_mode(std::string_view text) {
  return value_of(kAcceptModeNames, text);
}

}  // namespace demo
