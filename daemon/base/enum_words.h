#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace demo {

// The word of each value of an enum as people write it, in one table beside the enum, in the order in which
// people are told of them. All that reads or prints the enum is made of the table:
//
//   template <>
//   inline constexpr auto kWordsOf<Shade> = enum_words<Shade>({{Shade::kDark, "dark"}, {Shade::kPale,
//   "pale"}});
template <typename Enum>
inline constexpr std::nullptr_t kWordsOf = nullptr;

template <typename Enum, std::size_t kCount>
constexpr std::array<std::pair<Enum, std::string_view>, kCount> enum_words(
    const std::pair<Enum, std::string_view> (&table)[kCount]) {
  return std::to_array(table);
}

template <typename Enum>
concept WordedEnum =
    std::is_enum_v<Enum> && !std::same_as<std::remove_cv_t<decltype(kWordsOf<Enum>)>, std::nullptr_t>;

// "unknown" for a value outside the table.
template <WordedEnum Enum>
constexpr std::string_view to_string(Enum value) {
  for (const auto& [candidate, word] : kWordsOf<Enum>) {
    if (candidate == value) return word;
  }
  return "unknown";
}

// Nothing for a text that is no word of the enum, in exactly these letters.
template <WordedEnum Enum>
constexpr std::optional<Enum> parse_word(std::string_view text) {
  for (const auto& [value, word] : kWordsOf<Enum>) {
    if (word == text) return value;
  }
  return std::nullopt;
}

// All words, in the table's order.
template <WordedEnum Enum>
std::vector<std::string> words_of() {
  std::vector<std::string> words;
  for (const auto& [value, word] : kWordsOf<Enum>) words.emplace_back(word);
  return words;
}

}  // namespace demo
