#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

// Enums of the API as the words that people type: ACCEPT_MODE_REUSEPORT_CPU is "reuseport-cpu".
namespace demo::json {

// The word of a value; "unknown" for the unspecified one.
std::string enum_word(const google::protobuf::EnumValueDescriptor& value);

// The same by number; the number itself for one that this version does not know.
std::string enum_word(const google::protobuf::EnumDescriptor& type, int number);

// Every word but that of the unspecified value, in the order of the API.
std::vector<std::string> enum_words(const google::protobuf::EnumDescriptor& type);

// The value of a word, in either case; null for any other text, "unknown" too. Lives as long as the process.
const google::protobuf::EnumValueDescriptor* find_enum_word(const google::protobuf::EnumDescriptor& type,
                                                            std::string_view word);

// "\"autp\" is not one of auto, server, did you mean \"auto\"?". further: words that would do as well.
std::string no_such_word(const google::protobuf::EnumDescriptor& type, std::string_view word,
                         const std::vector<std::string>& further = {});

}  // namespace demo::json
