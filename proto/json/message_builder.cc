#include "json/message_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/closest_word.h"
#include "text/cut.h"
#include "text/printable.h"

namespace demo::json {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

// By either of the names that protobuf's JSON may use.
const FieldDescriptor* find_field(const Descriptor& type, const std::string& name) {
  const FieldDescriptor* const field = type.FindFieldByName(name);
  return field != nullptr ? field : type.FindFieldByCamelcaseName(name);
}

std::vector<std::string> field_names(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

}  // namespace

// Between two tokens are only white space and the separators that the reader has checked.
std::size_t MessageBuilder::start_of_token() {
  const std::size_t start = std::min(json_.find_first_not_of(" \t\r\n,:", read_), json_.size());
  read_ = stream_.Tell();
  return start;
}

// The reader may call before it takes the bracket, or after.
std::size_t MessageBuilder::start_of_bracket() {
  const std::size_t start = start_of_token();
  read_ = start + 1;
  return start;
}

std::string MessageBuilder::path_of(std::size_t levels) const {
  std::string path;
  for (std::size_t i = 0; i < levels && !levels_[i].seen.empty(); ++i) {
    path += fmt::format("{}{}", path.empty() ? "" : ".", levels_[i].seen.back()->name());
    if (levels_[i].in_list) path += fmt::format("[{}]", levels_[i].index);
  }
  return path;
}

void MessageBuilder::fail(std::size_t offset, std::string path, std::string reason) {
  if (is_full()) {
    ++untold_;
  } else {
    faults_.push_back({offset, std::move(path), std::move(reason)});
  }
}

bool MessageBuilder::refuse(std::size_t offset, std::string_view what) {
  if (levels_.empty()) {
    fail(offset, "", fmt::format("{} is not an object", what));
    return false;
  }
  const bool list = field().is_repeated() && !levels_.back().in_list;
  fail(offset, path(),
       fmt::format("{} is not {}", what, list ? "a list" : expected(field(), options_.range_of)));
  bytes_.filled = true;
  if (!bytes_.open) pass_element();
  return true;
}

bool MessageBuilder::refuse_bracket(std::size_t offset, std::string_view what) {
  left_out_depth_ = 1;
  return refuse(offset, what);
}

void MessageBuilder::note_place(std::size_t offset) {
  if (options_.offsets != nullptr && !levels_.empty()) options_.offsets->insert_or_assign(path(), offset);
}

bool MessageBuilder::left_out_scalar() {
  const bool left_out = leaves_out_ || left_out_depth_ > 0;
  leaves_out_ = false;
  return left_out;
}

bool MessageBuilder::left_out_bracket(int step) {
  if (!leaves_out_ && left_out_depth_ == 0) return false;
  leaves_out_ = false;
  left_out_depth_ += step;
  return true;
}

// An element that cannot be read stays an empty one: those behind it keep their places in the list.
void MessageBuilder::pass_element() {
  Level& level = levels_.back();
  if (level.in_list && kind_of(field()) == Kind::kMessage) {
    level.message.GetReflection()->AddMessage(&level.message, &field());
  }
  next_element();
}

void MessageBuilder::next_element() {
  if (!levels_.empty() && levels_.back().in_list) ++levels_.back().index;
}

bool MessageBuilder::Null() {
  const std::size_t start = start_of_token();
  if (left_out_scalar()) return true;
  // A field that is null is one that is not there.
  if (!bytes_.open && !levels_.empty() && !levels_.back().in_list) return true;
  return refuse(start, "null");
}

bool MessageBuilder::Bool(bool value) { return scalar({Value::Type::kBool, value ? "true" : "false"}); }

bool MessageBuilder::RawNumber(const char* text, rapidjson::SizeType size, bool) {
  return scalar({Value::Type::kNumber, {text, size}});
}

bool MessageBuilder::String(const char* text, rapidjson::SizeType size, bool) {
  return scalar({Value::Type::kString, {text, size}});
}

bool MessageBuilder::scalar(const Value& value) {
  const std::size_t start = start_of_token();
  if (left_out_scalar()) return true;
  if (bytes_.open) return bytes_value(start, value);
  if (levels_.empty()) return refuse(start, shown(value));
  note_place(start);
  Level& level = levels_.back();
  const Kind kind = kind_of(field());
  if ((field().is_repeated() && !level.in_list) || kind == Kind::kMessage) return refuse(start, shown(value));
  if (kind == Kind::kBytes) return bytes_value(start, value);
  if (std::string reason = take(level.message, field(), value, options_.range_of); !reason.empty()) {
    fail(start, path(), std::move(reason));
  } else if (kind == Kind::kEnum) {
    note_name(field(), value);
  }
  next_element();
  return true;
}

void MessageBuilder::note_name(const FieldDescriptor& field, const Value& value) {
  if (value.type != Value::Type::kString) return;
  if (field.enum_type()->FindValueByName(std::string(value.text)) != nullptr) {
    byte_strings_.on_long_name(value.text);
  } else {
    byte_strings_.on_word(value.text);
  }
}

bool MessageBuilder::bytes_value(std::size_t offset, const Value& value) {
  if (value.type != Value::Type::kString) return refuse(offset, shown(value));
  byte_strings_.add(levels_.back().message, field(), bytes_.form, value.text, offset, path());
  bytes_.filled = true;
  return true;
}

bool MessageBuilder::bytes_key(std::size_t offset, std::string_view name) {
  const bool text = name == "text";
  if (bytes_.form != ByteStrings::Form::kUnsaid || (!text && name != "base64")) {
    leaves_out_ = true;
    return refuse(offset, fmt::format("an object with {}", shown({Value::Type::kString, name})));
  }
  bytes_.form = text ? ByteStrings::Form::kText : ByteStrings::Form::kBase64;
  return true;
}

void MessageBuilder::note_unknown(std::size_t offset, const std::string& name) {
  const bool left_out = options_.unknown == Unknown::kLeftOut;
  if (!left_out && is_full()) return fail(offset, "", "");
  const std::string outer = path_of(levels_.size() - 1);
  std::string path = fmt::format("{}{}{}", outer, outer.empty() ? "" : ".", text::printable(text::cut(name)));
  if (left_out) {
    unknown_paths_.push_back(std::move(path));
  } else {
    const std::vector<std::string> names = field_names(*levels_.back().message.GetDescriptor());
    fail(offset, std::move(path), "there is no such field" + text::did_you_mean(name, names));
  }
}

bool MessageBuilder::Key(const char* text, rapidjson::SizeType size, bool) {
  const std::size_t start = start_of_token();
  if (left_out_depth_ > 0) return true;
  const std::string name(text, size);
  if (bytes_.open) return bytes_key(start, name);
  Level& level = levels_.back();
  const Descriptor& type = *level.message.GetDescriptor();
  const FieldDescriptor* const field = find_field(type, name);
  if (field == nullptr) {
    leaves_out_ = true;
    note_unknown(start, name);
    return true;
  }
  const auto first = std::find(level.seen.begin(), level.seen.end(), field) - level.seen.begin();
  leaves_out_ = static_cast<std::size_t>(first) < level.seen.size();
  level.seen.push_back(field);
  level.starts.push_back(start);
  if (leaves_out_) {
    if (is_full()) {
      fail(start, "", "");
      return true;
    }
    const Problem before = problem_at(json_, level.starts[static_cast<std::size_t>(first)], "", "");
    fail(start, path(), fmt::format("it is there twice, first at {}:{}", before.line, before.column));
  }
  return true;
}

bool MessageBuilder::StartObject() {
  const std::size_t start = start_of_bracket();
  if (left_out_bracket(1)) return true;
  if (levels_.empty()) {
    levels_.push_back({root_});
    return true;
  }
  if (!bytes_.open) note_place(start);
  Level& level = levels_.back();
  const FieldDescriptor& field = this->field();
  const bool list = field.is_repeated() && !level.in_list;
  if (!list && !bytes_.open && kind_of(field) == Kind::kBytes) {
    bytes_ = {.open = true};
    return true;
  }
  if (list || bytes_.open || kind_of(field) != Kind::kMessage) return refuse_bracket(start, "an object");
  const Reflection& reflection = *level.message.GetReflection();
  Message* const inner = field.is_repeated() ? reflection.AddMessage(&level.message, &field)
                                             : reflection.MutableMessage(&level.message, &field);
  levels_.push_back({*inner});
  return true;
}

bool MessageBuilder::EndObject(rapidjson::SizeType) {
  const std::size_t start = start_of_bracket();
  if (left_out_bracket(-1)) return true;
  if (bytes_.open) {
    const bool filled = bytes_.filled;
    bytes_ = {};
    return filled ? true : refuse(start, "an empty object");
  }
  levels_.pop_back();
  next_element();
  return true;
}

bool MessageBuilder::StartArray() {
  const std::size_t start = start_of_bracket();
  if (left_out_bracket(1)) return true;
  const bool wanted = !bytes_.open && !levels_.empty() && field().is_repeated() && !levels_.back().in_list;
  if (!wanted) return refuse_bracket(start, "a list");
  note_place(start);
  levels_.back().in_list = true;
  levels_.back().index = 0;
  return true;
}

bool MessageBuilder::EndArray(rapidjson::SizeType) {
  start_of_bracket();
  if (left_out_bracket(-1)) return true;
  levels_.back().in_list = false;
  return true;
}

void MessageBuilder::finish() {
  for (Fault& fault : byte_strings_.settle()) faults_.push_back(std::move(fault));
}

}  // namespace demo::json
