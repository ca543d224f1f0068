#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>
#include <vector>

#include "json/enum_words.h"

// Enums of the API as the words that users type: ACCEPT_MODE_REUSEPORT_CPU is "reuseport-cpu".
namespace demo::ctl {

using json::enum_word;
using json::enum_words;

// The value of a word in either case. Throws a usage Failure that lists the words, those that the caller
// takes besides, and the likely one.
const google::protobuf::EnumValueDescriptor& parse_enum(const google::protobuf::EnumDescriptor& type,
                                                        std::string_view word,
                                                        const std::vector<std::string>& further = {});

// For generated enums: enum_word(status.accept_mode()).
template <typename Enum>
std::string enum_word(Enum value) {
  return enum_word(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

}  // namespace demo::ctl
