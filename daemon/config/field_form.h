#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/limits.h"

// What the lists of fields are made of. Beside each struct of the desired state stands the one list of its
// values, from which the file's keys, the API's conversion, the differences, the messages and the way to the
// workers are made: for_each_field(object, visit) calls visit(name, member) or visit(name, member, form) for
// each member, in the order in which people read them.
namespace demo {

// How a number is written by people.
enum class FieldUnit { kNone, kBytes };

// What the type of a value does not say: its unit, and from where to where it may be; of a list, each of its
// elements. Times are in milliseconds here.
struct FieldForm {
  FieldUnit unit = FieldUnit::kNone;
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();  // the type may end before
  bool or_zero = false;                                            // though `least` is more
};

constexpr FieldForm number_from(std::uint64_t least, std::uint64_t most) {
  return {.least = least, .most = most};
}
constexpr FieldForm number_from(std::uint64_t least) { return {.least = least}; }
constexpr FieldForm size_from(std::uint64_t least,
                              std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  return {FieldUnit::kBytes, least, most};
}
constexpr FieldForm time_from(std::chrono::milliseconds least) {
  return {.least = static_cast<std::uint64_t>(least.count()),
          .most = std::chrono::milliseconds(limits::kConfiguredTimeMax).count()};
}

// Times that something may take are never 0, which would be no time at all.
inline constexpr FieldForm kAnyTime = time_from(std::chrono::milliseconds(1));

template <typename S, typename T>
concept Is = std::same_as<std::remove_const_t<S>, T>;

// A base of a struct, as const as the struct is.
template <typename Base, std::derived_from<Base> S>
auto& part_of(S& object) {
  return static_cast<std::conditional_t<std::is_const_v<S>, const Base, Base>&>(object);
}

}  // namespace demo
