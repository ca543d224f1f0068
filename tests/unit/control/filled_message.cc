#include "filled_message.h"

#include <google/protobuf/duration.pb.h>

#include <string>

namespace demo::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string text_for(const FieldDescriptor& field, int salt) {
  if (field.name() == "address") return "10.0.0.1:" + std::to_string(80 + salt);
  if (field.name() == "endpoint") return "10.0.0.2:" + std::to_string(80 + salt);
  return field.name() + "-" + std::to_string(salt);
}

void fill_message_field(Message& message, const FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  Message& inner = field.is_repeated() ? *reflection->AddMessage(&message, &field)
                                       : *reflection->MutableMessage(&message, &field);
  if (auto* duration = google::protobuf::DynamicCastToGenerated<google::protobuf::Duration>(&inner)) {
    duration->set_seconds(1000 + field.number());
  } else {
    fill_message(inner);
  }
}

void fill_field(Message& message, const FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  // A status of HTTP is one.
  const int salt = field.number() + (field.name().ends_with("status") ? 200 : 3);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(&message, &field, salt);
    case FieldDescriptor::CPPTYPE_UINT32:
      if (field.is_repeated()) return reflection->AddUInt32(&message, &field, static_cast<unsigned>(salt));
      return reflection->SetUInt32(&message, &field, static_cast<unsigned>(salt));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection->SetUInt64(&message, &field, static_cast<unsigned>(salt));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(&message, &field, 2);
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->SetString(&message, &field, text_for(field, salt));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return fill_message_field(message, field);
    default:
      return;
  }
}

}  // namespace

void fill_message(Message& message) {
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) fill_field(message, *type->field(i));
}

}  // namespace demo::test
