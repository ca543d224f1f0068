#include "values/enum_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cctype>
#include <cstddef>

#include "failure.h"
#include "values/closest_word.h"

namespace demo::ctl {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text) result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// "ACCEPT_MODE_" of AcceptMode: the prefix that all values share is what ends in UNSPECIFIED.
std::size_t prefix_size(const EnumDescriptor& type) {
  return type.value(0)->name().size() - std::string_view("UNSPECIFIED").size();
}

std::string word_of(const EnumValueDescriptor& value) {
  std::string word = lower(value.name().substr(prefix_size(*value.type())));
  for (char& c : word) c = c == '_' ? '-' : c;
  return word;
}

}  // namespace

std::vector<std::string> enum_words(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 1; i < type.value_count(); ++i) words.push_back(word_of(*type.value(i)));
  return words;
}

std::string enum_word(const EnumDescriptor& type, int number) {
  if (number == 0) return "unknown";
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : word_of(*value);
}

const EnumValueDescriptor& parse_enum(const EnumDescriptor& type, std::string_view word) {
  const std::string wanted = lower(word);
  for (int i = 1; i < type.value_count(); ++i) {
    if (word_of(*type.value(i)) == wanted) return *type.value(i);
  }
  const std::vector<std::string> words = enum_words(type);
  const std::string hint = did_you_mean(wanted, words);
  throw usage_failure(fmt::format("\"{}\" is not one of {}{}", word, fmt::join(words, ", "), hint));
}

}  // namespace demo::ctl
