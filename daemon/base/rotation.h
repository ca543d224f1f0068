#pragma once

#include <cstddef>

namespace demo {

// The place that is looked at next in a list that is gone through in rotation, from its end to its beginning.
// Whoever is last may take the place of one that leaves: it was seen in this round already, or is seen once
// more, and nobody is passed over. at: the place before, beyond the end by now perhaps. Precondition: size >
// 0.
constexpr std::size_t step_back(std::size_t at, std::size_t size) {
  return at > 0 && at <= size ? at - 1 : size - 1;
}

}  // namespace demo
