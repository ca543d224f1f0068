#include "json/write_message.h"

#include <google/protobuf/descriptor.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "json/spelling.h"

namespace demo::json {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr unsigned kIndentColumns = 2;

template <typename Writer>
void write_fields(const Message& message, Writer& writer);

template <typename Writer>
void write_value(const Message& message, const FieldDescriptor& field, int index, Writer& writer) {
  const Reflection& reflection = *message.GetReflection();
  if (kind_of(field) == Kind::kMessage) {
    write_fields(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, index)
                                     : reflection.GetMessage(message, &field),
                 writer);
    return;
  }
  const std::string json = spell(message, field, index);
  writer.RawValue(json.c_str(), json.size(), rapidjson::kStringType);
}

// The nesting is that of the message types.
// NOLINTNEXTLINE(misc-no-recursion)
template <typename Writer>
void write_fields(const Message& message, Writer& writer) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  writer.StartObject();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.has_presence() && !reflection.HasField(message, &field)) continue;
    writer.Key(field.name().c_str());
    if (!field.is_repeated()) {
      write_value(message, field, 0, writer);
      continue;
    }
    writer.StartArray();
    for (int element = 0; element < reflection.FieldSize(message, &field); ++element) {
      write_value(message, field, element, writer);
    }
    writer.EndArray();
  }
  writer.EndObject();
}

}  // namespace

std::string write_message(const Message& message, Layout layout) {
  rapidjson::StringBuffer buffer;
  if (layout == Layout::kIndented) {
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', kIndentColumns);
    write_fields(message, writer);
  } else {
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    write_fields(message, writer);
  }
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace demo::json
