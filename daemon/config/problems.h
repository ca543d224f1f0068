#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/identity.h"

namespace demo {

// "FIELD is "VALUE": WHY"; a reason that names the value itself says so alone, so that no name stands there
// twice. Pure.
inline std::string problem_text(std::string_view field, std::string_view value, std::string_view why) {
  if (!value.empty() && why.find(fmt::format("\"{}\"", value)) != std::string_view::npos) {
    return fmt::format("{}: {}", field, why);
  }
  return fmt::format("{} is \"{}\": {}", field, value, why);
}

// Paths of values.
using FieldPaths = std::set<std::string, std::less<>>;

// What paths call an element of a list: "pools.api", or "pools.#2" of the third one, whatever it is called.
// Of two that bear one name, only its place tells which one is meant.
enum class ElementNames { kIdentities, kPlaces };

inline std::string place_name(std::size_t index) { return fmt::format("#{}", index); }

// What validation found so far, and the path of the value that is being looked at.
class Problems {
 public:
  // unread: values that were given and could not be read, so that their fields hold what nobody said; null
  // when there are none. Borrowed.
  explicit Problems(std::vector<Error>& found, const FieldPaths* unread = nullptr,
                    ElementNames names = ElementNames::kIdentities)
      : found_(found), unread_(unread), names_(names) {}

  // A view of the same list whose fields start with "prefix.".
  Problems under(std::string_view prefix) const {
    Problems inner(found_, unread_, names_);
    inner.prefix_ = prefix_ + std::string(prefix) + ".";
    return inner;
  }

  // The same of the list's element that is at that place.
  template <typename T>
  Problems under_element(std::string_view list, const T& element, std::size_t index) const {
    const bool by_place = names_ == ElementNames::kPlaces;
    return under(fmt::format("{}.{}", list, by_place ? place_name(index) : identity(element)));
  }

  // Whether the field holds what was said: a rule about two values holds for none that is not known.
  bool knows(std::string_view field) const {
    return unread_ == nullptr || !unread_->contains(prefix_ + std::string(field));
  }

  // "FIELD is VALUE: WHY"; nothing about a field that is not known.
  void add(std::string_view field, const std::string& value, std::string_view why) {
    if (!knows(field)) return;
    const std::string path = prefix_ + std::string(field);
    found_.push_back(invalid(path, value, problem_text(path, value, why)));
  }

 private:
  std::vector<Error>& found_;
  const FieldPaths* unread_;
  ElementNames names_;
  std::string prefix_;
};

}  // namespace demo
