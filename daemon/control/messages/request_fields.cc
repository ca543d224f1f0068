#include "control/messages/request_fields.h"

#include "config/problems.h"
#include "control/messages/message_reader.h"

namespace demo {

Result<Address> address_of(const std::string& field, const std::string& text) {
  if (text.empty()) return missing(field);
  Result<Address> address = Address::parse(text);
  if (!address) return invalid(field, text, problem_text(field, text, address.error().message));
  return address;
}

Result<std::string> endpoint_of(const std::string& field, const std::string& text) {
  if (text.empty()) return missing(field);
  Result<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint) return invalid(field, text, problem_text(field, text, endpoint.error().message));
  return endpoint->text;
}

std::string pool_or_default(const std::string& name) { return name.empty() ? Pool{}.name : name; }

Result<std::chrono::milliseconds> duration_of(const google::protobuf::Message& request,
                                              const std::string& field, std::chrono::milliseconds fallback,
                                              const FieldForm& form) {
  std::chrono::milliseconds value = fallback;
  MessageReader reader(request, "");
  reader(field, value, form);
  if (!reader.status()) return reader.status().error();
  return value;
}

}  // namespace demo
