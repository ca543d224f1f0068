#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/fields.h"
#include "config/value_range.h"

namespace demo {

// Gives every field a value that it does not have by default and that is within its bounds; lists get two
// elements. A visitor of for_each_field(): a field that is added later gets one as well.
class DistinctValues {
 public:
  template <typename T>
  void operator()(std::string_view, T& value, const FieldForm& form = {}) {
    ++number_;
    set(value, form);
  }

 private:
  template <std::integral Number>
  void set(Number& value, const FieldForm& form) {
    const std::uint64_t most = most_of<Number>(form);
    std::uint64_t next = std::min(std::max<std::uint64_t>(form.least, 1) + number_, most);
    if (std::cmp_equal(next, value)) --next;
    value = static_cast<Number>(next);
  }
  void set(bool& value, const FieldForm&) { value = !value; }
  template <WordedEnum Enum>
  void set(Enum& value, const FieldForm&) {
    const auto& [last, word] = kWordsOf<Enum>.back();
    value = value == last ? kWordsOf<Enum>.front().first : last;
  }
  void set(std::chrono::milliseconds& value, const FieldForm& form) {
    std::int64_t count = value.count();
    set(count, form);
    value = std::chrono::milliseconds(count);
  }
  // All bytes may come, none of them ends the text.
  void set(std::string& value, const FieldForm&) {
    value = std::string("\0\xff text ", 8) + std::to_string(number_);
  }
  void set(Address& value, const FieldForm&) { value = *Address::parse("[::1]:" + std::to_string(number_)); }
  void set(Endpoint& value, const FieldForm&) {
    value = *Endpoint::parse("backend:" + std::to_string(number_));
  }
  template <typename A, typename B>
  void set(std::pair<A, B>& value, const FieldForm& form) {
    set(value.first, form);
    set(value.second, form);
  }
  template <typename T>
  void set(std::optional<T>& value, const FieldForm& form) {
    T inner{};
    set(inner, form);
    value = inner;
  }
  template <typename T>
  void set(std::vector<T>& list, const FieldForm& form) {
    list.resize(2);
    for (T& element : list) set(element, form);
  }
  template <Section T>
  void set(T& section, const FieldForm&) {
    for_each_field(section, *this);
  }

  std::uint64_t number_ = 0;
};

}  // namespace demo
