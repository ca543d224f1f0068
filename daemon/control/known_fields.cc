#include "control/known_fields.h"

#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

namespace demo {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Struct;
using google::protobuf::Value;

// By either of the names that JSON may use.
const FieldDescriptor* find_field(const Descriptor& type, const std::string& name) {
  const FieldDescriptor* const field = type.FindFieldByName(name);
  return field != nullptr ? field : type.FindFieldByCamelcaseName(name);
}

// Whether its JSON is an object with the fields of its type: not so for maps, durations and time stamps.
bool has_fields(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_map() &&
         field.message_type()->file()->package() != "google.protobuf";
}

// The nesting is that of the message types, not of the text.
// NOLINTNEXTLINE(misc-no-recursion)
void drop_unknown(const Descriptor& type, const std::string& path, Struct& object,
                  std::vector<std::string>& unknown) {
  std::vector<std::string> dropped;
  for (auto& [name, value] : *object.mutable_fields()) {
    const FieldDescriptor* const field = find_field(type, name);
    if (field == nullptr) {
      dropped.push_back(name);
      continue;
    }
    if (!has_fields(*field)) continue;
    if (value.has_struct_value()) {
      drop_unknown(*field->message_type(), path + name + ".", *value.mutable_struct_value(), unknown);
    }
    if (!value.has_list_value()) continue;
    int index = 0;
    for (Value& item : *value.mutable_list_value()->mutable_values()) {
      const std::string place = fmt::format("{}{}[{}].", path, name, index++);
      if (!item.has_struct_value()) continue;
      drop_unknown(*field->message_type(), place, *item.mutable_struct_value(), unknown);
    }
  }
  for (const std::string& name : dropped) {
    object.mutable_fields()->erase(name);
    unknown.push_back(path + name);
  }
}

}  // namespace

Result<KnownFields> keep_known_fields(std::string_view json, const Descriptor& message) {
  Struct object;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &object);
  if (!parsed.ok()) return invalid("", "", "not an object in JSON: " + parsed.message().ToString());
  KnownFields known;
  drop_unknown(message, "", object, known.unknown);
  std::sort(known.unknown.begin(), known.unknown.end());
  const auto printed = google::protobuf::util::MessageToJsonString(object, &known.json);
  if (!printed.ok()) return invalid("", "", "no JSON to keep: " + printed.message().ToString());
  return known;
}

}  // namespace demo
