#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channel/address_codec.h"
#include "config/fields.h"
#include "config/value_range.h"

namespace demo {

// Takes each value from the bytes that FieldWriter made, and holds it against its type and its bounds. A
// visitor of for_each_field(). Once something is wrong nothing more is read; what is read by then is of no
// use.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  void operator()(std::string_view name, T& value, const FieldForm& form = {}) {
    if (failed_) return;
    const std::size_t outer = path_.size();
    if (outer > 0) path_ += '.';
    path_ += name;
    take(value, form);
    if (!failed_) path_.resize(outer);
  }

  // Everything was read, and nothing is left.
  bool complete() const { return !failed_ && rest_.empty(); }
  // Of the first wrong value; empty when there is none.
  const std::string& path() const { return path_; }

 private:
  void check(bool right) { failed_ |= !right; }

  template <std::integral Number>
  void number(Number& value) {
    std::uint64_t bits = 0;
    check(rest_.size() >= sizeof bits);
    if (failed_) return;
    std::memcpy(&bits, rest_.data(), sizeof bits);
    rest_.remove_prefix(sizeof bits);
    value = static_cast<Number>(bits);
    check(static_cast<std::uint64_t>(value) == bits);
  }

  template <std::integral Number>
  void take(Number& value, const FieldForm& form) {
    number(value);
    check(is_in_range(value, form));
  }
  void take(bool& value, const FieldForm&) {
    std::uint8_t bit = 0;
    number(bit);
    check(bit <= 1);
    value = bit == 1;
  }
  template <WordedEnum Enum>
  void take(Enum& value, const FieldForm&) {
    std::underlying_type_t<Enum> bits{};
    number(bits);
    value = static_cast<Enum>(bits);
    check(std::ranges::any_of(kWordsOf<Enum>, [value](const auto& known) { return known.first == value; }));
  }
  void take(std::chrono::milliseconds& value, const FieldForm& form) {
    std::int64_t count = 0;
    take(count, form);
    value = std::chrono::milliseconds(count);
  }
  void take(std::string& value, const FieldForm&) {
    std::size_t size = 0;
    number(size);
    check(size <= rest_.size());
    if (failed_) return;
    value = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  void take(Address& value, const FieldForm& form) {
    std::string bytes;
    take(bytes, form);
    take_parsed(value, decode_address(bytes));
  }
  void take(Endpoint& value, const FieldForm& form) {
    std::string text;
    take(text, form);
    take_parsed(value, Endpoint::parse(text));
  }
  template <typename T>
  void take_parsed(T& value, Result<T> parsed) {
    check(parsed.has_value());
    if (!failed_) value = std::move(*parsed);
  }

  template <typename A, typename B>
  void take(std::pair<A, B>& value, const FieldForm& form) {
    take(value.first, form);
    take(value.second, form);
  }
  template <typename T>
  void take(std::optional<T>& value, const FieldForm& form) {
    bool is_set = false;
    take(is_set, form);
    if (is_set && !failed_) take(value.emplace(), form);
  }
  template <typename T>
  void take(std::vector<T>& list, const FieldForm& form) {
    std::size_t count = 0;
    number(count);
    // Each element takes some bytes: a count that was damaged reserves nothing.
    check(count <= rest_.size());
    for (std::size_t i = 0; i < count && !failed_; ++i) take(list.emplace_back(), form);
  }
  template <Section T>
  void take(T& section, const FieldForm&) {
    for_each_field(section, *this);
  }

  std::string_view rest_;
  std::string path_;
  bool failed_ = false;
};

}  // namespace demo
