#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>

namespace demo {

// A set of HTTP status codes from 400 to 599. Pure.
class StatusSet {
 public:
  static constexpr unsigned kFirst = 400;
  static constexpr unsigned kLast = 599;

  // "502,503,504", "429,500-599"; "" is the empty set. Nothing for any other text.
  static std::optional<StatusSet> parse(std::string_view text);

  // Whether status, any number, is one of them.
  bool has(unsigned status) const { return status >= kFirst && status <= kLast && codes_[status - kFirst]; }

 private:
  std::bitset<kLast - kFirst + 1> codes_;
};

}  // namespace demo
