#include "values/field_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "failure.h"
#include "text/byte_size.h"
#include "text/meant_duration.h"
#include "values/closest_word.h"
#include "values/duration_text.h"
#include "values/enum_text.h"
#include "values/number_text.h"
#include "values/setting.h"
#include "values/switch_word.h"

namespace demo::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string_view first_step(std::string_view path) { return path.substr(0, path.find('.')); }

const FieldDescriptor& field_of(const Descriptor& type, std::string_view name) {
  const FieldDescriptor* field = type.FindFieldByName(std::string(name));
  if (field == nullptr) std::abort();
  return *field;
}

bool is_size(const FieldDescriptor& field) {
  return field.name().ends_with("_bytes") || field.name().ends_with("_size");
}

bool to_bool(const std::string& text) {
  if (const auto on = parse_switch(text)) return *on;
  throw usage_failure(not_one_of(text, {"on", "off"}));
}

// Whether it is spelled like what `parse` takes, but negative or beyond what can be counted.
template <typename Parse>
bool is_out_of_reach(std::string_view text, const Parse& parse) {
  std::string small;
  bool in_number = false;
  for (const char c : text.substr(text.starts_with('-') ? 1 : 0)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit || !in_number) small += digit ? '1' : c;
    in_number = digit;
  }
  return parse(small).has_value();
}

// The sentence of the daemon about a value that it can read.
Failure out_of(const std::string& range, const std::string& text) {
  return usage_failure(fmt::format("\"{}\": must be from {}", text, range));
}

std::uint64_t to_unsigned(const FieldDescriptor& field, const std::string& text, std::uint64_t max,
                          const std::string& range) {
  const auto parse = [&field](std::string_view number) {
    return is_size(field) ? text::parse_byte_size(number) : parse_whole(number);
  };
  const auto number = parse(text);
  if (number && *number <= max) return *number;
  if (number || is_out_of_reach(text, parse)) throw out_of(range, text);
  throw usage_failure(
      fmt::format("\"{}\" is not a {}", text, is_size(field) ? "size such as 20k" : "whole number"));
}

void set_duration(Message& message, const std::string& text, const std::string& range) {
  const auto nanoseconds = parse_duration(text);
  if (!nanoseconds && !range.empty() && is_out_of_reach(text, parse_duration)) throw out_of(range, text);
  if (!nanoseconds)
    throw usage_failure(fmt::format("\"{}\" is not a duration such as 250ms, 30s or 5m{}", text,
                                    text::did_you_mean_duration(text)));
  Duration duration;
  duration.set_seconds(*nanoseconds / 1'000'000'000);
  duration.set_nanos(static_cast<std::int32_t>(*nanoseconds % 1'000'000'000));
  message.CopyFrom(duration);
}

void set_value(Message& message, const FieldDescriptor& field, const std::string& text,
               const std::string& range) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, to_bool(text));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnum(&message, &field, &parse_enum(*field.enum_type(), text));
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, &field,
                                 static_cast<std::int32_t>(to_unsigned(
                                     field, text, std::numeric_limits<std::int32_t>::max(), range)));
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto number = to_unsigned(field, text, std::numeric_limits<std::uint32_t>::max(), range);
      return reflection.SetUInt32(&message, &field, static_cast<std::uint32_t>(number));
    }
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field,
                                  to_unsigned(field, text, std::numeric_limits<std::uint64_t>::max(), range));
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (!is_time(field)) std::abort();
      return set_duration(*reflection.MutableMessage(&message, &field), text, range);
    default:
      std::abort();  // the API has no field of another type
  }
}

std::string number_text(const FieldDescriptor& field, std::uint64_t number) {
  return is_size(field) ? text::format_byte_size(number) : std::to_string(number);
}

std::string text_of_value(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "on" : "off";
    case FieldDescriptor::CPPTYPE_ENUM:
      return enum_word(*field.enum_type(), reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_INT32: {
      const std::int32_t number = reflection.GetInt32(message, &field);
      return number < 0 ? std::to_string(number) : number_text(field, static_cast<std::uint64_t>(number));
    }
    case FieldDescriptor::CPPTYPE_UINT32:
      return number_text(field, reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return number_text(field, reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (!is_time(field)) std::abort();
      const auto& duration = static_cast<const Duration&>(reflection.GetMessage(message, &field));
      return format_duration(duration.seconds() * 1'000'000'000 + duration.nanos());
    }
    default:
      std::abort();  // the API has no field of another type
  }
}

void add_value(Message& message, const FieldDescriptor& field, const std::string& text,
               const std::string& range) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.AddEnum(&message, &field, &parse_enum(*field.enum_type(), text));
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto number = to_unsigned(field, text, std::numeric_limits<std::uint32_t>::max(), range);
      return reflection.AddUInt32(&message, &field, static_cast<std::uint32_t>(number));
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.AddString(&message, &field, text);
    default:
      std::abort();
  }
}

}  // namespace

bool is_time(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == Duration::descriptor()->full_name();
}

std::string_view without_unit(std::string_view name) {
  for (const std::string_view unit : {"_us", "_s"}) {
    if (name.ends_with(unit)) return name.substr(0, name.size() - unit.size());
  }
  return name;
}

void set_field(Message& message, std::string_view path, const std::string& text, const std::string& range) {
  const std::string_view step = first_step(path);
  const FieldDescriptor& field = field_of(*message.GetDescriptor(), step);
  if (step.size() < path.size()) {
    // Tried on a copy first: a bad value leaves no empty message behind.
    std::unique_ptr<Message> child(message.GetReflection()->GetMessage(message, &field).New());
    set_field(*child, path.substr(step.size() + 1), text, range);
    message.GetReflection()->MutableMessage(&message, &field)->MergeFrom(*child);
    return;
  }
  const std::string wanted =
      range.empty() ? setting_range(field.options().GetExtension(api::setting), field) : range;
  if (field.is_repeated()) {
    add_value(message, field, text, wanted);
  } else {
    set_value(message, field, text, wanted);
  }
}

std::uint64_t parse_count(const std::string& text, std::uint64_t least) {
  const auto number = parse_whole(text);
  if (number && *number >= least) return *number;
  if (!number && !is_out_of_reach(text, parse_whole))
    throw usage_failure(fmt::format("\"{}\" is not a whole number", text));
  throw out_of(fmt::format("{} to {}", least, std::numeric_limits<std::uint64_t>::max()), text);
}

std::string type_range(const FieldDescriptor& field) {
  const auto up_to = [](auto most) { return fmt::format("0 to {}", most); };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return up_to(std::numeric_limits<std::int32_t>::max());
    case FieldDescriptor::CPPTYPE_UINT32:
      return up_to(std::numeric_limits<std::uint32_t>::max());
    case FieldDescriptor::CPPTYPE_UINT64:
      return up_to(std::numeric_limits<std::uint64_t>::max());
    default:
      return "";
  }
}

const FieldDescriptor& field_at(const Descriptor& type, std::string_view path) {
  const std::string_view step = first_step(path);
  const FieldDescriptor& field = field_of(type, step);
  return step.size() == path.size() ? field : field_at(*field.message_type(), path.substr(step.size() + 1));
}

std::optional<std::string> field_text(const Message& message, std::string_view path) {
  const std::string_view step = first_step(path);
  const FieldDescriptor& field = field_of(*message.GetDescriptor(), step);
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated() || !reflection.HasField(message, &field)) return std::nullopt;
  if (step.size() == path.size()) return text_of_value(message, field);
  return field_text(reflection.GetMessage(message, &field), path.substr(step.size() + 1));
}

bool sets_beyond(const Message& message, const std::vector<std::string>& names) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  return std::ranges::any_of(
      set, [&](const auto* field) { return std::ranges::find(names, field->name()) == names.end(); });
}

std::vector<std::string> field_paths(const Descriptor& type, const std::vector<std::string>& left_out) {
  std::vector<std::string> paths;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (std::find(left_out.begin(), left_out.end(), field.name()) != left_out.end()) continue;
    paths.push_back(field.name());
    const bool holds_fields =
        field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() && !is_time(field);
    if (!holds_fields) continue;
    for (const std::string& inner : field_paths(*field.message_type(), {})) {
      paths.push_back(fmt::format("{}.{}", field.name(), inner));
    }
  }
  return paths;
}

std::string field_placeholder(const Message& message, std::string_view path) {
  const FieldDescriptor& field = field_at(*message.GetDescriptor(), path);
  if (is_time(field)) return "DURATION";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "on|off";
    case FieldDescriptor::CPPTYPE_ENUM:
      return fmt::format("{}", fmt::join(enum_words(*field.enum_type()), "|"));
    case FieldDescriptor::CPPTYPE_STRING:
      return "TEXT";
    default:
      return is_size(field) ? "SIZE" : "N";
  }
}

}  // namespace demo::ctl
