#include "control/messages/field_names.h"

#include <cstdlib>

namespace demo {

std::optional<MessageField> find_message_field(const google::protobuf::Message& message,
                                               std::string_view name) {
  const auto* type = message.GetDescriptor();
  if (const auto* same = type->FindFieldByName(std::string(name))) return MessageField{same, 1};
  if (type->name() == "Backend" && name == "address")
    return MessageField{type->FindFieldByName("endpoint"), 1};
  const auto suffix = name.rfind('_');
  const std::int64_t unit = name.substr(suffix + 1) == "s" ? 1'000'000 : 1;
  const auto* duration = type->FindFieldByName(std::string(name.substr(0, suffix)));
  if (duration == nullptr) return std::nullopt;
  return MessageField{duration, unit};
}

MessageField message_field(const google::protobuf::Message& message, std::string_view name) {
  const auto found = find_message_field(message, name);
  if (!found) std::abort();
  return *found;
}

}  // namespace demo
