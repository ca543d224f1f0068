#include "control/field_names.h"

#include <cctype>
#include <cstdlib>

namespace demo {
namespace {

// "ACCEPT_MODE_": what every value's name of the enum starts with.
std::string enum_prefix(const google::protobuf::EnumDescriptor& type) {
  const std::string& unspecified = type.FindValueByNumber(0)->name();
  return unspecified.substr(0, unspecified.rfind('_') + 1);
}

}  // namespace

MessageField message_field(const google::protobuf::Message& message, std::string_view name) {
  const auto* type = message.GetDescriptor();
  if (const auto* same = type->FindFieldByName(std::string(name))) return {same, 1};
  if (type->name() == "Backend" && name == "address") return {type->FindFieldByName("endpoint"), 1};
  const auto suffix = name.rfind('_');
  const std::int64_t unit = name.substr(suffix + 1) == "s" ? 1'000'000 : 1;
  const auto* duration = type->FindFieldByName(std::string(name.substr(0, suffix)));
  if (duration == nullptr) std::abort();
  return {duration, unit};
}

std::string enum_name(const MessageField& field, std::string_view text) {
  std::string name = enum_prefix(*field.descriptor->enum_type());
  for (const char c : text) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string enum_text(const google::protobuf::EnumValueDescriptor& value) {
  std::string text = value.name().substr(enum_prefix(*value.type()).size());
  for (char& c : text) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace demo
