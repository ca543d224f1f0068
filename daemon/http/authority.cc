#include "http/authority.h"

#include <cstddef>

#include "http/character_class.h"

namespace demo {
namespace {

// RFC 6874 section 2: behind an IPv6 address, the interface that it belongs to.
constexpr std::string_view kZoneMark = "%25";

std::size_t end_of_zone(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  while (i < text.size() && is_in(CharClass::kHost, text[i])) ++i;
  return i > begin && i < text.size() && text[i] == ']' ? i + 1 : std::string_view::npos;
}

// Length of the host at the front of text, npos when it is none. An IP-literal keeps its brackets.
std::size_t host_length(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    bool colon = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == ']') return colon ? i + 1 : std::string_view::npos;
      if (colon && text.substr(i, kZoneMark.size()) == kZoneMark)
        return end_of_zone(text, i + kZoneMark.size());
      if (text[i] == ':') colon = true;
      if (text[i] != ':' && text[i] != '.' && !is_in(CharClass::kHex, text[i])) break;
    }
    return std::string_view::npos;
  }
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_in(CharClass::kHost, text[i])) {
      ++i;
    } else if (text[i] == '%' && text.size() - i > 2 && is_in(CharClass::kHex, text[i + 1]) &&
               is_in(CharClass::kHex, text[i + 2])) {
      i += 3;
    } else {
      break;
    }
  }
  return i;
}

}  // namespace

bool is_valid_authority(std::string_view text) {
  std::size_t i = host_length(text);
  if (i == std::string_view::npos) return false;
  if (i == text.size()) return true;
  if (text[i] != ':' || i == 0) return false;
  for (++i; i < text.size(); ++i) {
    if (!is_in(CharClass::kDigit, text[i])) return false;
  }
  return true;
}

std::string_view host_of_authority(std::string_view authority) {
  const std::size_t length = host_length(authority);
  return length == std::string_view::npos ? std::string_view() : authority.substr(0, length);
}

}  // namespace demo
