#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "channel/address_codec.h"
#include "config/fields.h"

namespace demo {

// Appends each value to a text of bytes, as FieldReader reads them. A visitor of for_each_field(). Numbers
// are of 8 bytes in this machine's order; what has a length comes behind it.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  template <typename T>
  void operator()(std::string_view, const T& value, const FieldForm& = {}) {
    put(value);
  }

 private:
  void number(std::uint64_t value) { out_.append(reinterpret_cast<const char*>(&value), sizeof value); }

  template <typename Number>
  requires(std::integral<Number> || std::is_enum_v<Number>) void put(Number value) {
    number(static_cast<std::uint64_t>(value));
  }
  void put(std::chrono::milliseconds value) { put(value.count()); }
  void put(const std::string& value) {
    put(value.size());
    out_ += value;
  }
  void put(const Address& value) { put(encode_address(value)); }
  void put(const Endpoint& value) { put(value.text); }

  template <typename A, typename B>
  void put(const std::pair<A, B>& value) {
    put(value.first);
    put(value.second);
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <typename T>
  void put(const std::vector<T>& list) {
    put(list.size());
    for (const T& element : list) put(element);
  }
  template <Section T>
  void put(const T& section) {
    for_each_field(section, *this);
  }

  std::string& out_;
};

}  // namespace demo
