#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"

// Between the values of the configuration and the messages of the API. Value is any struct of
// config/config.h, the message its namesake of demo.control.v1.
namespace demo {

// Sets every field of the message that the value has; an unset optional stays absent. The message is empty
// before.
template <typename Value>
void to_message(const Value& value, google::protobuf::Message& message);

// Takes over the fields that are set; the others of the value stay. A list that is not empty replaces the
// value's list. path is where the message is in the request ("listener") and starts the field of an error,
// which is always kInvalidArgument; the value is then half changed.
template <typename Value>
Status apply_message(const google::protobuf::Message& message, const std::string& path, Value& value);

// Puts one value, or a whole part, back to its default: "weight", "kernel.busy_poll", "timeouts".
// kInvalidArgument for a path that names nothing and for the identity.
template <typename Value>
Status reset_field(std::string_view path, Value& value);

}  // namespace demo
