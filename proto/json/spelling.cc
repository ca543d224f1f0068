#include "json/spelling.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "json/enum_words.h"
#include "json/quote.h"
#include "text/base64.h"
#include "text/closest_word.h"
#include "text/cut.h"
#include "text/duration_text.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace demo::json {
namespace {

using google::protobuf::Duration;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::size_t kNanosecondPlaces = 9;
constexpr std::int64_t kLongestSeconds = 315'576'000'000;  // of google.protobuf.Duration: 10,000 years

std::string spell_bytes(const std::string& bytes) {
  return text::is_utf8(bytes) ? quote(bytes) : fmt::format(R"({{"base64": "{}"}})", text::to_base64(bytes));
}

// A value that a later version added is its number.
std::string spell_enum(const EnumDescriptor& type, int number) {
  const EnumValueDescriptor* const value = type.FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : quote(enum_word(*value));
}

// Numbers that other programs write with a point or an exponent count when they are whole and exact.
template <typename Number>
std::optional<Number> whole(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end) return number;
  constexpr double kExact = 9'007'199'254'740'992;  // 2^53
  double real = 0;
  const auto [last, fault] = std::from_chars(text.data(), end, real);
  if (fault != std::errc{} || last != end || std::trunc(real) != real || std::abs(real) > kExact) return {};
  if (real < static_cast<double>(std::numeric_limits<Number>::min())) return {};
  if (real > static_cast<double>(std::numeric_limits<Number>::max())) return {};
  return static_cast<Number>(real);
}

template <typename Number>
std::string whole_range() {
  return fmt::format("a whole number from {} to {}", std::numeric_limits<Number>::min(),
                     std::numeric_limits<Number>::max());
}

// By its word, that of the unspecified value too, its long name or its number.
const EnumValueDescriptor* find_value(const EnumDescriptor& type, const Value& value) {
  if (value.type == Value::Type::kNumber) {
    const auto number = whole<std::int32_t>(value.text);
    return number ? type.FindValueByNumber(*number) : nullptr;
  }
  if (value.type != Value::Type::kString) return nullptr;
  const EnumValueDescriptor* const named = type.FindValueByName(std::string(value.text));
  if (named != nullptr) return named;
  const EnumValueDescriptor* const unspecified = type.FindValueByNumber(0);
  const bool none = unspecified != nullptr && enum_word(*unspecified) == value.text;
  return none ? unspecified : find_enum_word(type, value.text);
}

// Takes what are digits off the front; how many.
std::size_t take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count;
}

// "-1.500s", which is more than its own reader asks for: that takes blanks and signs anywhere, and makes
// another number of one that is finer than nanoseconds.
bool is_protobuf_duration(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (take_digits(text) == 0) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t places = take_digits(text);
    if (places == 0 || places > kNanosecondPlaces) return false;
  }
  return text == "s";
}

// In the spelling of the flags, or in protobuf's own.
bool take_duration(Message& message, std::string_view text) {
  Duration duration;
  const bool negative = text.starts_with('-');
  if (const auto nanoseconds = text::parse_duration(text.substr(negative ? 1 : 0)); nanoseconds) {
    duration = TimeUtil::NanosecondsToDuration(negative ? -*nanoseconds : *nanoseconds);
  } else if (!is_protobuf_duration(text) || !TimeUtil::FromString(std::string(text), &duration) ||
             std::abs(duration.seconds()) > kLongestSeconds) {
    return false;
  }
  message.CopyFrom(duration);
  return true;
}

bool take_moment(Message& message, std::string_view text) {
  Timestamp moment;
  if (!TimeUtil::FromString(std::string(text), &moment)) return false;
  message.CopyFrom(moment);
  return true;
}

// null, a list and an object are no scalars.
void take_scalar(Message& message, const Value& value) {
  google::protobuf::Value scalar;
  switch (value.type) {
    case Value::Type::kBool:
      scalar.set_bool_value(value.text == "true");
      break;
    case Value::Type::kNumber: {
      double number = 0;
      std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
      scalar.set_number_value(number);
      break;
    }
    case Value::Type::kString:
      scalar.set_string_value(std::string(value.text));
      break;
  }
  message.CopyFrom(scalar);
}

std::string spell_scalar(const google::protobuf::Value& scalar) {
  switch (scalar.kind_case()) {
    case google::protobuf::Value::kNumberValue:
      // JSON has no infinity.
      return std::isfinite(scalar.number_value()) ? fmt::to_string(scalar.number_value()) : "null";
    case google::protobuf::Value::kBoolValue:
      return scalar.bool_value() ? "true" : "false";
    case google::protobuf::Value::kStringValue:
      return quote(scalar.string_value());
    default:
      return "null";
  }
}

Message& new_message(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&message, &field)
                             : *reflection.MutableMessage(&message, &field);
}

// Whether the text is a number of the type, which `set` or `add` of the reflection then took.
template <typename Number>
bool take_number(Message& message, const FieldDescriptor& field, std::string_view text,
                 void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
                 void (Reflection::*add)(Message*, const FieldDescriptor*, Number) const) {
  const auto number = whole<Number>(text);
  if (!number) return false;
  (message.GetReflection()->*(field.is_repeated() ? add : set))(&message, &field, *number);
  return true;
}

bool take_whole(Message& message, const FieldDescriptor& field, const Value& value) {
  if (value.type == Value::Type::kBool) return false;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return take_number(message, field, value.text, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_UINT32:
      return take_number(message, field, value.text, &Reflection::SetUInt32, &Reflection::AddUInt32);
    default:
      return take_number(message, field, value.text, &Reflection::SetUInt64, &Reflection::AddUInt64);
  }
}

bool take_enum(Message& message, const FieldDescriptor& field, const Value& value) {
  const EnumValueDescriptor* const found = find_value(*field.enum_type(), value);
  if (found == nullptr) return false;
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddEnum(&message, &field, found);
  } else {
    reflection.SetEnum(&message, &field, found);
  }
  return true;
}

void take_text(Message& message, const FieldDescriptor& field, std::string_view text) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(&message, &field, std::string(text));
  } else {
    reflection.SetString(&message, &field, std::string(text));
  }
}

bool try_take(Message& message, const FieldDescriptor& field, const Value& value) {
  const bool string = value.type == Value::Type::kString;
  switch (kind_of(field)) {
    case Kind::kBool:
      if (value.type != Value::Type::kBool) return false;
      message.GetReflection()->SetBool(&message, &field, value.text == "true");
      return true;
    case Kind::kWhole:
      return take_whole(message, field, value);
    case Kind::kEnum:
      return take_enum(message, field, value);
    case Kind::kText:
      if (string) take_text(message, field, value.text);
      return string;
    case Kind::kDuration:
      return string && take_duration(new_message(message, field), value.text);
    case Kind::kMoment:
      return string && take_moment(new_message(message, field), value.text);
    case Kind::kScalar:
      take_scalar(new_message(message, field), value);
      return true;
    case Kind::kBytes:
    case Kind::kMessage:
      break;
  }
  std::abort();
}

std::string spell_whole(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::to_string(list ? reflection.GetRepeatedInt32(message, &field, index)
                                 : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return fmt::to_string(list ? reflection.GetRepeatedUInt32(message, &field, index)
                                 : reflection.GetUInt32(message, &field));
    default:
      return fmt::to_string(list ? reflection.GetRepeatedUInt64(message, &field, index)
                                 : reflection.GetUInt64(message, &field));
  }
}

const Message& message_of(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, index)
                             : reflection.GetMessage(message, &field);
}

std::string text_of(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.GetRepeatedString(message, &field, index)
                             : reflection.GetString(message, &field);
}

template <typename Known>
Known copy_of(const Message& message) {
  Known known;
  known.CopyFrom(message);
  return known;
}

}  // namespace

Kind kind_of(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Kind::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Kind::kWhole;
    case FieldDescriptor::CPPTYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? Kind::kBytes : Kind::kText;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.message_type() == Duration::descriptor()) return Kind::kDuration;
      if (field.message_type() == google::protobuf::Value::descriptor()) return Kind::kScalar;
      return field.message_type() == Timestamp::descriptor() ? Kind::kMoment : Kind::kMessage;
    default:
      std::abort();
  }
}

std::string duration_text(const Duration& duration) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / kSecond - 1;
  const std::int64_t seconds = duration.seconds();
  const std::int64_t nanos = duration.nanos();
  const bool one_sign = (seconds >= 0 && nanos >= 0) || (seconds <= 0 && nanos <= 0);
  if (!one_sign || std::abs(nanos) >= kSecond) return fmt::format("{}s {}ns", seconds, nanos);
  const bool in_parts = seconds > 0 && nanos % kMillisecond != 0;
  if (!in_parts && seconds >= -most && seconds <= most)
    return text::format_duration(seconds * kSecond + nanos);
  return nanos == 0 ? fmt::format("{}s", seconds)
                    : fmt::format("{}s{}", seconds, text::format_duration(std::abs(nanos)));
}

std::string expected(const FieldDescriptor& field, const RangeOf& range_of) {
  const std::string range = range_of ? range_of(field) : "";
  switch (kind_of(field)) {
    case Kind::kBool:
      return "true or false";
    case Kind::kWhole:
      if (!range.empty()) return "a whole number " + range;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) return whole_range<std::int32_t>();
      return field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32 ? whole_range<std::uint32_t>()
                                                                 : whole_range<std::uint64_t>();
    case Kind::kEnum:
      return fmt::format("one of {}", fmt::join(enum_words(*field.enum_type()), ", "));
    case Kind::kText:
      return "a string";
    case Kind::kBytes:
      return R"(a string, or {"base64": "..."})";
    case Kind::kDuration:
      return fmt::format(R"(a duration{}{}such as "250ms", "30s" or "5m")", range.empty() ? " " : " " + range,
                         range.empty() ? "" : ", ");
    case Kind::kMoment:
      return R"(a moment such as "2024-05-01T12:03:22Z")";
    case Kind::kScalar:
      return "a number, true, false or a string";
    case Kind::kMessage:
      break;
  }
  return "an object";
}

std::string spell(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  switch (kind_of(field)) {
    case Kind::kBool:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case Kind::kWhole:
      return spell_whole(message, field, index);
    case Kind::kEnum:
      return spell_enum(*field.enum_type(), field.is_repeated()
                                                ? reflection.GetRepeatedEnumValue(message, &field, index)
                                                : reflection.GetEnumValue(message, &field));
    case Kind::kText:
      return quote(text_of(message, field, index));
    case Kind::kBytes:
      return spell_bytes(text_of(message, field, index));
    case Kind::kDuration:
      return quote(duration_text(copy_of<Duration>(message_of(message, field, index))));
    case Kind::kMoment:
      return quote(TimeUtil::ToString(copy_of<Timestamp>(message_of(message, field, index))));
    case Kind::kScalar:
      return spell_scalar(copy_of<google::protobuf::Value>(message_of(message, field, index)));
    case Kind::kMessage:
      break;
  }
  std::abort();
}

std::string shown(const Value& value) {
  const std::string text = text::printable(text::cut(value.text));
  return value.type == Value::Type::kString ? fmt::format("\"{}\"", text) : text;
}

std::string take(Message& message, const FieldDescriptor& field, const Value& value,
                 const RangeOf& range_of) {
  if (try_take(message, field, value)) return "";
  std::string reason = fmt::format("{} is not {}", shown(value), expected(field, range_of));
  if (kind_of(field) == Kind::kEnum && value.type == Value::Type::kString) {
    reason += text::did_you_mean(value.text, enum_words(*field.enum_type()));
  }
  return reason;
}

std::optional<std::string> from_base64(std::string_view text) {
  google::protobuf::BytesValue value;
  const std::string quoted = quote(text);
  if (!google::protobuf::util::JsonStringToMessage(quoted, &value).ok()) return std::nullopt;
  return value.value();
}

}  // namespace demo::json
