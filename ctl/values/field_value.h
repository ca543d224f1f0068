#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Fields of API messages set from text, by their names in the .proto files.
namespace demo::ctl {

// Sets the field at a dotted path below the message, such as "listener.kernel.backlog"; a repeated field gets
// one more element. Durations are "30s", booleans as parse_switch() takes them, enums their word, fields
// named *_bytes or
// *_size "20k". Throws a usage Failure that says what was expected; messages on the path exist only once a
// value is set. range: what a value must be that is beyond the type of the field, "1 to 256"; empty: what its
// setting says.
void set_field(google::protobuf::Message& message, std::string_view path, const std::string& text,
               const std::string& range = "");

// A number of things, from `least` on. Throws a usage Failure that says what was expected.
std::uint64_t parse_count(const std::string& text, std::uint64_t least);

// What numbers of the field's type reach, "0 to 4294967295"; empty for one that holds no number.
std::string type_range(const google::protobuf::FieldDescriptor& field);

// The fields of a message and of those in it, parts before what they hold: "weight", "kernel",
// "kernel.backlog". Without those in `left_out`, which name fields of the message itself.
std::vector<std::string> field_paths(const google::protobuf::Descriptor& type,
                                     const std::vector<std::string>& left_out);

// The field at a dotted path. One that the API does not have ends the program: it is a mistake of this
// program.
const google::protobuf::FieldDescriptor& field_at(const google::protobuf::Descriptor& type,
                                                  std::string_view path);

// Whether the field holds a time, which is spelled "30s".
bool is_time(const google::protobuf::FieldDescriptor& field);

// A name of the configuration without its unit, as the API calls a time: "busy_poll" for "busy_poll_us".
std::string_view without_unit(std::string_view name);

// The value of the field at a dotted path as set_field() takes it; nothing when it, or a message on the path,
// is not set, and for a list. Not of messages.
std::optional<std::string> field_text(const google::protobuf::Message& message, std::string_view path);

// Whether the message has a field set that is not among these.
bool sets_beyond(const google::protobuf::Message& message, const std::vector<std::string>& names);

// What a help text shows in place of the value: "on|off", "auto|server|proxy", "DURATION", "SIZE", "N",
// "TEXT".
std::string field_placeholder(const google::protobuf::Message& message, std::string_view path);

}  // namespace demo::ctl
