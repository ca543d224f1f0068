#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace demo {

// The message field that stands for a value of a configuration struct.
struct MessageField {
  const google::protobuf::FieldDescriptor* descriptor;  // never null, lives as long as the process
  std::int64_t unit;  // microseconds that a plain number counts when the field is a Duration, otherwise 1
};

// By the name of the value in the list beside its struct. Names are the same but for two rules: "NAME_s" and
// "NAME_us" are the Duration NAME, and the address of a backend is its endpoint. A value that has no field
// breaks an invariant: aborts.
MessageField message_field(const google::protobuf::Message& message, std::string_view name);

}  // namespace demo
