#pragma once

#include <array>
#include <cstddef>
#include <ctime>
#include <string_view>

namespace demo {

// A moment as HTTP's Date field wants it: "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, RFC 9110
// section 5.6.7).
class HttpDate {
 public:
  static constexpr std::size_t kSize = 29;

  explicit HttpDate(std::time_t moment);
  std::string_view text() const { return {text_.data(), kSize}; }

 private:
  std::array<char, kSize + 1> text_;
};

}  // namespace demo
