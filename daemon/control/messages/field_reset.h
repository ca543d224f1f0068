#pragma once

#include <string_view>

#include "config/fields.h"
#include "control/messages/field_names.h"

namespace demo {

// Puts the value at a dotted path of API field names back to its default. A visitor of for_each_field().
template <typename Owner>
class FieldReset {
 public:
  // message: any instance of the owner's message type, for the names of its fields.
  FieldReset(const google::protobuf::Message& message, std::string_view path) : message_(message) {
    const auto dot = path.find('.');
    name_ = path.substr(0, dot);
    if (dot != std::string_view::npos) rest_ = path.substr(dot + 1);
  }

  template <typename Value>
  void operator()(std::string_view name, Value& value, const FieldForm& = {}) {
    const auto* field = message_field(message_, name).descriptor;
    if (field->name() != name_) return;
    if (rest_.empty()) {
      value = default_of<Value>(name);
      found_ = true;
    } else if constexpr (Section<Value>) {
      FieldReset<Value> inner(message_.GetReflection()->GetMessage(message_, field), rest_);
      for_each_field(value, inner);
      found_ = inner.found();
    }
  }

  bool found() const { return found_; }

 private:
  // The value of that name in a fresh owner.
  template <typename Value>
  struct Pick {
    std::string_view wanted;
    Value picked{};
    template <typename Other>
    void operator()(std::string_view name, Other& value, const FieldForm& = {}) {
      if constexpr (std::is_same_v<Other, Value>) {
        if (name == wanted) picked = value;
      }
    }
  };

  template <typename Value>
  static Value default_of(std::string_view name) {
    Owner fresh{};
    Pick<Value> pick{name};
    for_each_field(fresh, pick);
    return pick.picked;
  }

  const google::protobuf::Message& message_;
  std::string_view name_;
  std::string_view rest_;
  bool found_ = false;
};

}  // namespace demo
