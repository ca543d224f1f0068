#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// How single values of the API are spelled in JSON: the one place that knows it, in both directions.
//
//   numbers      as numbers, those of 64 bits too
//   enums        as the words of the flags: "reuseport-cpu"
//   durations    as the flags spell them, with the largest unit that loses nothing: "90s", "1500ms"
//   moments      "2024-05-01T12:03:22.5Z" (RFC 3339)
//   scalars      (google.protobuf.Value) as the number, true or false, or text that they are
//   bytes        that are UTF-8 as that text, others as {"base64": "..."}
//
// Protobuf's own spelling is read as well: "123", "ACCEPT_MODE_REUSEPORT_CPU", "1.500s".
namespace demo::json {

enum class Kind : std::uint8_t { kBool, kWhole, kEnum, kText, kBytes, kDuration, kMoment, kScalar, kMessage };

// A field of a type that the API does not have (floating point, maps) breaks an invariant: aborts.
Kind kind_of(const google::protobuf::FieldDescriptor& field);

// The range of a number or duration that its type does not say, "from 1 to 256"; empty where there is none.
using RangeOf = std::function<std::string(const google::protobuf::FieldDescriptor&)>;

// What a field takes, for messages: "a whole number from 0 to 255", "one of auto, server". range_of: null
// where the types alone are known.
std::string expected(const google::protobuf::FieldDescriptor& field, const RangeOf& range_of = nullptr);

// JSON of a field's value, which is no kMessage; of a repeated field, of its element `index`.
std::string spell(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                  int index);

// "90s", "-5s", "1500ms", "1s5us"; what is no duration for protobuf by its parts, "0s -5ns".
std::string duration_text(const google::protobuf::Duration& duration);

// A value that is neither object, list nor null.
struct Value {
  enum class Type : std::uint8_t { kBool, kNumber, kString };
  Type type;
  std::string_view text;  // "true", the digits as they were written, or what the string says
};

// "\"autp\"", "17": the value as a message quotes it, printable and not for ever long.
std::string shown(const Value& value);

// Sets a field that is neither kBytes nor kMessage, or adds an element to a repeated one. Empty, or why it
// cannot be: "\"autp\" is not one of auto, server, did you mean \"auto\"?".
std::string take(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                 const Value& value, const RangeOf& range_of = nullptr);

// Base64 (RFC 4648 section 4, or the alphabet of section 5) as bytes; nothing for any other text.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace demo::json
