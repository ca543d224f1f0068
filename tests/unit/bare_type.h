#pragma once

#include <optional>

namespace demo {

// The type of a value that may be unset.
template <typename T>
struct BareType {
  using Type = T;
};
template <typename T>
struct BareType<std::optional<T>> {
  using Type = T;
};

}  // namespace demo
