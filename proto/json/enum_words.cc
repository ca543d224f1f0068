#include "json/enum_words.h"

#include <cstddef>

#include "text/closest_word.h"
#include "text/letter_case.h"

namespace demo::json {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// "ACCEPT_MODE_" of AcceptMode: the prefix that all values share is what ends in UNSPECIFIED.
std::size_t prefix_size(const EnumDescriptor& type) {
  return type.value(0)->name().size() - std::string_view("UNSPECIFIED").size();
}

}  // namespace

std::string enum_word(const EnumValueDescriptor& value) {
  if (value.number() == 0) return "unknown";
  std::string word = text::small_letters(value.name().substr(prefix_size(*value.type())));
  for (char& c : word) c = c == '_' ? '-' : c;
  return word;
}

std::string enum_word(const EnumDescriptor& type, int number) {
  const EnumValueDescriptor* value = type.FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : enum_word(*value);
}

std::vector<std::string> enum_words(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 1; i < type.value_count(); ++i) words.push_back(enum_word(*type.value(i)));
  return words;
}

const EnumValueDescriptor* find_enum_word(const EnumDescriptor& type, std::string_view word) {
  const std::string wanted = text::small_letters(word);
  for (int i = 1; i < type.value_count(); ++i) {
    if (enum_word(*type.value(i)) == wanted) return type.value(i);
  }
  return nullptr;
}

std::string no_such_word(const EnumDescriptor& type, std::string_view word,
                         const std::vector<std::string>& further) {
  std::vector<std::string> words = enum_words(type);
  words.insert(words.end(), further.begin(), further.end());
  return text::not_one_of(word, words);
}

}  // namespace demo::json
