#pragma once

#include <fmt/format.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "config/fields.h"
#include "config/header_text.h"
#include "config/identity.h"
#include "config/problems.h"
#include "config/value_range.h"
#include "control/messages/field_names.h"
#include "json/enum_words.h"

namespace demo {

// How far a number of units reaches that is a duration in the API, "from 1s to 9h": from the form's least to
// the smaller one of its most and this.
std::string api_time_range(std::chrono::microseconds unit, const FieldForm& form, std::uint64_t most);

// Takes every field that is set in a message over into the configuration struct; the rest of the struct
// stays, and what is wrong too. Errors name the field by its path in the request. A visitor of
// for_each_field().
class MessageReader {
 public:
  // path: of the message itself, such as "listener"; empty for the request. failed: paths of fields that
  // could not be read into the message, so that what they hold is not what was said; null when all could.
  // Borrowed.
  MessageReader(const google::protobuf::Message& message, std::string path,
                const FieldPaths* failed = nullptr)
      : message_(message), path_(std::move(path)), failed_(failed) {}

  template <typename Value>
  void operator()(std::string_view name, Value& value, const FieldForm& form = {}) {
    const MessageField field = message_field(message_, name);
    const std::size_t before = errors_.size();
    const bool present = field.descriptor->is_repeated()
                             ? reflection().FieldSize(message_, field.descriptor) > 0
                             : reflection().HasField(message_, field.descriptor);
    if (present) read(field, value, form);
    const bool wrong = errors_.size() > before || (failed_ != nullptr && failed_->contains(path_of(field)));
    if (wrong) unread_.emplace(name);
  }

  // The first error.
  Status status() const { return errors_.empty() ? Status() : Status(errors_.front()); }
  const std::vector<Error>& errors() const { return errors_; }
  // The values that do not hold what was said, by their paths in the struct as validate() names them, with
  // ElementNames::kPlaces.
  const FieldPaths& unread() const { return unread_; }

 private:
  using Message = google::protobuf::Message;

  template <typename Value>
  void read(const MessageField& field, std::optional<Value>& value, const FieldForm& form) {
    Value inner{};
    const std::size_t before = errors_.size();
    read(field, inner, form);
    if (errors_.size() == before) value = inner;
  }

  template <WordedEnum Value>
  void read(const MessageField& field, Value& value, const FieldForm&) {
    const int number = reflection().GetEnumValue(message_, field.descriptor);
    const auto* known = field.descriptor->enum_type()->FindValueByNumber(number);
    const auto parsed =
        number == 0 || known == nullptr ? std::nullopt : parse_word<Value>(json::enum_word(*known));
    if (parsed) {
      value = *parsed;
    } else {
      fail(field, known != nullptr ? known->name() : std::to_string(number),
           "is not a value that can be asked for");
    }
  }

  template <typename Value>
  requires std::is_integral_v<Value>
  void read(const MessageField& field, Value& value, const FieldForm& form) {
    switch (field.descriptor->cpp_type()) {
      case google::protobuf::FieldDescriptor::CPPTYPE_UINT32:
        return take(field, reflection().GetUInt32(message_, field.descriptor), value, form);
      case google::protobuf::FieldDescriptor::CPPTYPE_UINT64:
        return take(field, reflection().GetUInt64(message_, field.descriptor), value, form);
      case google::protobuf::FieldDescriptor::CPPTYPE_INT32:
        return take(field, reflection().GetInt32(message_, field.descriptor), value, form);
      case google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE:
        return take_time(field, std::chrono::microseconds(field.unit), value, form);
      default:
        std::abort();  // the API gives the field a type that no number fits
    }
  }

  void read(const MessageField& field, bool& value, const FieldForm&) {
    value = reflection().GetBool(message_, field.descriptor);
  }

  void read(const MessageField& field, std::chrono::milliseconds& value, const FieldForm& form) {
    std::int64_t milliseconds = value.count();
    take_time(field, std::chrono::milliseconds(1), milliseconds, form);
    value = std::chrono::milliseconds(milliseconds);
  }

  void read(const MessageField& field, std::string& value, const FieldForm&) {
    value = reflection().GetString(message_, field.descriptor);
  }

  void read(const MessageField& field, Address& value, const FieldForm&) { read_parsed(field, value); }
  void read(const MessageField& field, Endpoint& value, const FieldForm&) { read_parsed(field, value); }

  void read(const MessageField& field, std::vector<unsigned>& values, const FieldForm& form) {
    values.clear();
    for (int i = 0; i < elements_of(field); ++i) {
      take(field, reflection().GetRepeatedUInt32(message_, field.descriptor, i), values.emplace_back(), form,
           fmt::format("[{}]", i));
    }
  }

  void read(const MessageField& field, std::vector<std::pair<std::string, std::string>>& headers,
            const FieldForm&) {
    headers.clear();
    for (int i = 0; i < elements_of(field); ++i) {
      const Message& header = reflection().GetRepeatedMessage(message_, field.descriptor, i);
      const auto text = [&header](std::string_view name) {
        return header.GetReflection()->GetString(header, message_field(header, name).descriptor);
      };
      headers.emplace_back(text("name"), without_blanks(text("value")));
    }
  }

  template <Section Value>
  void read(const MessageField& field, Value& section, const FieldForm&) {
    read_section(reflection().GetMessage(message_, field.descriptor), path_of(field),
                 field.descriptor->name(), section);
  }

  template <Section Value>
  void read(const MessageField& field, std::vector<Value>& sections, const FieldForm&) {
    sections.clear();
    for (int i = 0; i < elements_of(field); ++i) {
      const Message& element = reflection().GetRepeatedMessage(message_, field.descriptor, i);
      const std::string path = fmt::format("{}[{}]", path_of(field), i);
      const std::string place = fmt::format("{}.{}", field.descriptor->name(), place_name(i));
      read_element(element, path, place, sections.emplace_back());
    }
  }

  // name: of the section in the struct.
  template <typename Value>
  void read_section(const Message& message, std::string path, std::string_view name, Value& section) {
    MessageReader inner(message, std::move(path), failed_);
    for_each_field(section, inner);
    take_over(inner, name);
  }

  // Of a list, which needs its identity; without one that can be read it has none, not that of the default.
  // name: its path in the struct.
  template <typename Value>
  void read_element(const Message& message, const std::string& path, std::string_view name, Value& element) {
    const std::string key(identity_key(element));
    MessageReader inner(message, path, failed_);
    if (auto missing = missing_identity(message, path)) {
      inner.errors_.push_back(*std::move(missing));
      inner.unread_.insert(key);
    }
    for_each_field(element, inner);
    if (inner.unread_.contains(key)) forget_identity(element);
    take_over(inner, name);
  }

  void take_over(MessageReader& inner, std::string_view prefix) {
    std::move(inner.errors_.begin(), inner.errors_.end(), std::back_inserter(errors_));
    for (const std::string& name : inner.unread_) unread_.insert(fmt::format("{}.{}", prefix, name));
  }

  template <typename Value>
  void read_parsed(const MessageField& field, Value& value) {
    const std::string text = reflection().GetString(message_, field.descriptor);
    auto parsed = Value::parse(text);
    if (!parsed) return fail(field, text, parsed.error().message);
    value = std::move(*parsed);
  }

  template <typename Number, typename Value>
  void take(const MessageField& field, Number number, Value& value, const FieldForm& form,
            const std::string& index = "") {
    if (std::in_range<Value>(number) && is_in_range(number, form)) {
      value = static_cast<Value>(number);
    } else {
      fail(field, value_text(number, form.unit), "must be " + range_text<Value>(form), index);
    }
  }

  // A number of units that is a duration in the API.
  template <typename Value>
  void take_time(const MessageField& field, std::chrono::microseconds unit, Value& value,
                 const FieldForm& form) {
    const auto units = read_duration(field, unit, form, most_of<Value>(form));
    if (units) value = static_cast<Value>(*units);
  }

  // Whole units; nothing, and an error, when the duration is malformed, not a multiple of the unit or out of
  // its bounds.
  std::optional<std::int64_t> read_duration(const MessageField& field, std::chrono::microseconds unit,
                                            const FieldForm& form, std::uint64_t most);

  // Of a list that is too long, enough for validate() to say so: what is read of a request costs many times
  // its size.
  int elements_of(const MessageField& field) const {
    return std::min(reflection().FieldSize(message_, field.descriptor), limits::kListElements);
  }

  std::string path_of(const MessageField& field) const {
    return path_.empty() ? field.descriptor->name() : path_ + "." + field.descriptor->name();
  }

  // index: of the list's element, "[2]".
  void fail(const MessageField& field, std::string value, std::string_view why,
            const std::string& index = "");

  // Listeners, pools and backends of a list need their identity, which is their first field.
  static std::optional<Error> missing_identity(const Message& element, const std::string& path);

  const google::protobuf::Reflection& reflection() const { return *message_.GetReflection(); }

  const Message& message_;
  const std::string path_;
  const FieldPaths* const failed_;
  std::vector<Error> errors_;
  FieldPaths unread_;
};

}  // namespace demo
