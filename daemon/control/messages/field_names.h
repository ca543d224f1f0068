#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace demo {

// The message field that stands for a value of a configuration struct.
struct MessageField {
  const google::protobuf::FieldDescriptor* descriptor;  // never null, lives as long as the process
  std::int64_t unit;  // microseconds that a plain number counts when the field is a Duration, otherwise 1
};

// By the name of the value in the list beside its struct; nothing when the message has no field for it. Names
// are the same but for two rules: "NAME_s" and "NAME_us" are the Duration NAME, and the address of a backend
// is its endpoint.
std::optional<MessageField> find_message_field(const google::protobuf::Message& message,
                                               std::string_view name);

// The same of a value that has a field; otherwise an invariant is broken: aborts.
MessageField message_field(const google::protobuf::Message& message, std::string_view name);

}  // namespace demo
