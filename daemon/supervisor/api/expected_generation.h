#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace demo {

// Whether what was asked for on condition of a generation may go on. kAborted when the state moved on.
inline Status check_generation(std::optional<std::uint64_t> expected, std::uint64_t generation) {
  if (!expected || *expected == generation) return {};
  return Error{
      ErrorCode::kAborted,
      fmt::format("the generation is {}, not {}: somebody else made a change", generation, *expected),
      "expected_generation", std::to_string(*expected)};
}

}  // namespace demo
