#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace demo {

// The character sets of RFC 9110 section 5.6 and RFC 3986, one bit each.
enum class CharClass : std::uint8_t {
  kToken = 1,  // tchar: names of fields, methods, options
  kPath = 2,   // what a path may hold unescaped; brackets and bar too, since browsers send them so
  kQuery = 4,  // what a query may hold unescaped, likewise
  kHost = 8,   // reg-name and IPv4address, without the percent sign
  kHex = 16,
  kDigit = 32,
  kQuoted = 64,  // qdtext: inside quotes, without backslash and the quote itself
  kUnreserved = 128,
};

namespace internal {

constexpr std::array<std::uint8_t, 256> make_character_classes() {
  std::array<std::uint8_t, 256> classes{};
  const auto mark = [&classes](std::string_view characters, std::uint8_t bits) {
    for (const char c : characters) {
      const auto index = static_cast<unsigned char>(c);
      classes[index] = static_cast<std::uint8_t>(classes[index] | bits);
    }
  };
  const auto bit = [](CharClass value) { return static_cast<std::uint8_t>(value); };
  const auto text = static_cast<std::uint8_t>(bit(CharClass::kToken) | bit(CharClass::kPath) |
                                              bit(CharClass::kQuery) | bit(CharClass::kHost));
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'*+", text);
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", bit(CharClass::kUnreserved));
  mark("^`|#%", bit(CharClass::kToken));
  const auto uri = static_cast<std::uint8_t>(bit(CharClass::kPath) | bit(CharClass::kQuery));
  mark("()=;,", static_cast<std::uint8_t>(uri | bit(CharClass::kHost)));
  mark(":@/[]|", uri);
  mark("?^`{}\\", bit(CharClass::kQuery));
  mark("0123456789", static_cast<std::uint8_t>(bit(CharClass::kDigit) | bit(CharClass::kHex)));
  mark("abcdefABCDEF", bit(CharClass::kHex));
  for (unsigned c = 0x20; c < 0x100; ++c) {
    if (c != '"' && c != '\\' && c != 0x7f) {
      classes[c] = static_cast<std::uint8_t>(classes[c] | bit(CharClass::kQuoted));
    }
  }
  classes['\t'] = static_cast<std::uint8_t>(classes['\t'] | bit(CharClass::kQuoted));
  return classes;
}

inline constexpr std::array<std::uint8_t, 256> kCharacterClasses = make_character_classes();

}  // namespace internal

constexpr bool is_in(CharClass wanted, char c) {
  return (internal::kCharacterClasses[static_cast<unsigned char>(c)] & static_cast<std::uint8_t>(wanted)) !=
         0;
}

// SP or HTAB, what optional white space (OWS) is made of.
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_in(CharClass::kToken, c)) return false;
  }
  return !text.empty();
}

constexpr std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// lower: a constant already in lower case.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (to_lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// Calls visit(element) for each non-empty element of a comma-separated list (RFC 9110 section 5.6.1).
template <typename Visit>
constexpr void for_each_element(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim_blanks(list.substr(0, comma));
    if (!element.empty()) visit(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace demo
