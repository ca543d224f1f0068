#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>
#include <vector>

// Enums of the API as the words that users type: ACCEPT_MODE_REUSEPORT_CPU is "reuseport-cpu".
namespace demo::ctl {

// Every value but the unspecified one, in the order of the API.
std::vector<std::string> enum_words(const google::protobuf::EnumDescriptor& type);

// The word of a value; "unknown" for the unspecified one, the number for one that this version does not know.
std::string enum_word(const google::protobuf::EnumDescriptor& type, int number);

// The value of a word in either case. Throws a usage Failure that lists the words and the likely one.
const google::protobuf::EnumValueDescriptor& parse_enum(const google::protobuf::EnumDescriptor& type,
                                                        std::string_view word);

// For generated enums: enum_word(status.accept_mode()).
template <typename Enum>
std::string enum_word(Enum value) {
  return enum_word(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

}  // namespace demo::ctl
