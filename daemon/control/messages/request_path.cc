#include "control/messages/request_path.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "config/told_error.h"
#include "control/messages/field_names.h"
#include "control/messages/request_fields.h"
#include "demo/control/v1/control.pb.h"

namespace demo {

namespace pb = control::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

std::string text_of(const Message& message, const char* field) {
  const FieldDescriptor* const text = message.GetDescriptor()->FindFieldByName(field);
  return text == nullptr ? "" : message.GetReflection()->GetString(message, text);
}

// Both as the state has it; of what is no address, as it was typed.
std::string listener_path(const std::string& address) {
  const auto parsed = Address::parse(address);
  return "listeners." + (parsed ? parsed->to_string() : address);
}

std::string backend_name(const std::string& endpoint) {
  const auto parsed = Endpoint::parse(endpoint);
  return parsed ? parsed->text : endpoint;
}

// The state's path of what a message of the request says, without a '.' at its end. Empty when it is no part
// of the state.
std::string state_path_of(const Message& request, const FieldDescriptor& field) {
  const Message& part = request.GetReflection()->GetMessage(request, &field);
  const auto* const type = field.message_type();
  if (type == pb::Listener::descriptor()) return listener_path(text_of(part, "address"));
  if (type == pb::Pool::descriptor()) return "pools." + text_of(part, "name");
  if (type == pb::Backend::descriptor()) {
    return fmt::format("pools.{}.backends.{}", pool_or_default(text_of(request, "pool")),
                       backend_name(text_of(part, "endpoint")));
  }
  const auto& config = *pb::Config::descriptor();
  for (int i = 0; i < config.field_count(); ++i) {
    if (config.field(i)->message_type() == type && !config.field(i)->is_repeated())
      return config.field(i)->name();
  }
  return "";
}

// What is behind "prefix." of a path; nothing when it is another path.
std::optional<std::string_view> behind(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix) || path.size() <= prefix.size() || path[prefix.size()] != '.')
    return std::nullopt;
  return path.substr(prefix.size() + 1);
}

// The path in the message of a value that the state calls `rest` within what the message stands for. Of an
// unknown name, the path as far as it is known.
std::string path_within(const Message& message, const std::string& path, std::string_view rest) {
  const std::string_view name = rest.substr(0, rest.find('.'));
  const auto field = find_message_field(message, name);
  if (!field) return path;
  const std::string found = fmt::format("{}{}{}", path, path.empty() ? "" : ".", field->descriptor->name());
  const auto inner = behind(rest, name);
  if (!inner || field->descriptor->message_type() == nullptr) return found;
  const auto& reflection = *message.GetReflection();
  if (!field->descriptor->is_repeated())
    return path_within(reflection.GetMessage(message, field->descriptor), found, *inner);
  for (int i = 0; i < reflection.FieldSize(message, field->descriptor); ++i) {
    const Message& element = reflection.GetRepeatedMessage(message, field->descriptor, i);
    if (const auto value = behind(*inner, backend_name(text_of(element, "endpoint"))))
      return path_within(element, fmt::format("{}[{}]", found, i), *value);
  }
  return found;
}

// Empty when the request says nothing of the value.
std::string request_path(const Message& request, std::string_view state) {
  const auto* const type = request.GetDescriptor();
  if (type == pb::SetWorkersRequest::descriptor()) {
    const auto value = behind(state, "workers");
    return value ? path_within(request, "", *value) : "";
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (field.message_type() == nullptr || field.is_repeated()) continue;
    const std::string part = state_path_of(request, field);
    const auto value = part.empty() ? std::nullopt : behind(state, part);
    if (value) return path_within(request.GetReflection()->GetMessage(request, &field), field.name(), *value);
  }
  return "";
}

}  // namespace

Error in_request(Error error, const Message& request) {
  for (Error& part : error.parts) part = in_request(std::move(part), request);
  const std::string path = request_path(request, state_path(error));
  if (path.empty()) return error;
  if (error.message.starts_with(error.field)) error.message.replace(0, error.field.size(), path);
  error.field = path;
  return error;
}

}  // namespace demo
