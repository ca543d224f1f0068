#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>

#include <cctype>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/fields.h"
#include "control/messages/field_names.h"
#include "json/enum_words.h"

namespace demo {

// Writes each value of a configuration struct into the message field of its name. A visitor of
// for_each_field().
class MessageWriter {
 public:
  explicit MessageWriter(google::protobuf::Message& message) : message_(message) {}

  template <typename Value>
  void operator()(std::string_view name, const Value& value, const FieldForm& = {}) {
    write(message_field(message_, name), value);
  }

 private:
  using Message = google::protobuf::Message;

  template <typename Value>
  void write(const MessageField& field, const std::optional<Value>& value) {
    if (value) write(field, *value);
  }

  template <typename Value>
  requires std::is_enum_v<Value>
  void write(const MessageField& field, Value value) {
    const auto* number = json::find_enum_word(*field.descriptor->enum_type(), to_string(value));
    if (number == nullptr) std::abort();  // the API lacks a value of the configuration
    reflection().SetEnum(&message_, field.descriptor, number);
  }

  template <typename Value>
  requires std::is_integral_v<Value>
  void write(const MessageField& field, Value value) {
    switch (field.descriptor->cpp_type()) {
      case google::protobuf::FieldDescriptor::CPPTYPE_UINT32:
        return reflection().SetUInt32(&message_, field.descriptor, static_cast<std::uint32_t>(value));
      case google::protobuf::FieldDescriptor::CPPTYPE_UINT64:
        return reflection().SetUInt64(&message_, field.descriptor, static_cast<std::uint64_t>(value));
      case google::protobuf::FieldDescriptor::CPPTYPE_INT32:
        return reflection().SetInt32(&message_, field.descriptor, static_cast<std::int32_t>(value));
      case google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE:
        return write_duration(field, std::chrono::microseconds(field.unit) * value);
      default:
        std::abort();  // the API gives the field a type that no number fits
    }
  }

  void write(const MessageField& field, bool value) {
    reflection().SetBool(&message_, field.descriptor, value);
  }

  void write(const MessageField& field, std::chrono::milliseconds value) { write_duration(field, value); }

  void write(const MessageField& field, const std::string& value) {
    reflection().SetString(&message_, field.descriptor, value);
  }

  void write(const MessageField& field, const Address& value) { write(field, value.to_string()); }
  void write(const MessageField& field, const Endpoint& value) { write(field, value.text); }

  void write(const MessageField& field, const std::vector<unsigned>& values) {
    for (const unsigned value : values) reflection().AddUInt32(&message_, field.descriptor, value);
  }

  void write(const MessageField& field, const std::vector<std::pair<std::string, std::string>>& headers) {
    for (const auto& [name, value] : headers) {
      Message& header = *reflection().AddMessage(&message_, field.descriptor);
      header.GetReflection()->SetString(&header, message_field(header, "name").descriptor, name);
      header.GetReflection()->SetString(&header, message_field(header, "value").descriptor, value);
    }
  }

  template <typename Value>
  requires Section<const Value>
  void write(const MessageField& field, const Value& section) {
    MessageWriter inner(*reflection().MutableMessage(&message_, field.descriptor));
    for_each_field(section, inner);
  }

  template <typename Value>
  requires Section<const Value>
  void write(const MessageField& field, const std::vector<Value>& sections) {
    for (const Value& section : sections) {
      MessageWriter inner(*reflection().AddMessage(&message_, field.descriptor));
      for_each_field(section, inner);
    }
  }

  void write_duration(const MessageField& field, std::chrono::nanoseconds value) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(value);
    auto& duration =
        static_cast<google::protobuf::Duration&>(*reflection().MutableMessage(&message_, field.descriptor));
    duration.set_seconds(whole.count());
    duration.set_nanos(static_cast<std::int32_t>((value - whole).count()));
  }

  const google::protobuf::Reflection& reflection() const { return *message_.GetReflection(); }

  Message& message_;
};

}  // namespace demo
