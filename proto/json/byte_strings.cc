#include "json/byte_strings.h"

#include <fmt/format.h>

#include <utility>

#include "json/spelling.h"

namespace demo::json {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void ByteStrings::add(Message& message, const FieldDescriptor& field, Form form, std::string_view text,
                      std::size_t offset, std::string path) {
  entries_.push_back({message, field, form, std::string(text), offset, std::move(path)});
}

std::vector<Fault> ByteStrings::settle() const {
  std::vector<Fault> faults;
  for (const Entry& entry : entries_) {
    if (std::string reason = set(entry); !reason.empty()) {
      faults.push_back({entry.offset, entry.path, std::move(reason)});
    }
  }
  return faults;
}

std::string ByteStrings::set(const Entry& entry) const {
  constexpr std::string_view kSayWhich = R"(write {"text": "..."} or {"base64": "..."})";
  const bool unsaid = entry.form == Form::kUnsaid;
  if (unsaid && !long_name_.empty() && !word_.empty()) {
    return fmt::format("it may be text or base64 in a file with names such as \"{}\" and \"{}\": {}",
                       long_name_, word_, kSayWhich);
  }
  std::string bytes = entry.text;
  if (entry.form == Form::kBase64 || (unsaid && !long_name_.empty())) {
    auto decoded = from_base64(entry.text);
    if (!decoded) {
      const std::string reason = fmt::format("{} is not base64", shown({Value::Type::kString, entry.text}));
      if (!unsaid) return reason;
      return fmt::format("{}, as a file with names such as \"{}\" has it: {}", reason, long_name_, kSayWhich);
    }
    bytes = std::move(*decoded);
  }
  entry.message.GetReflection()->SetString(&entry.message, &entry.field, bytes);
  return "";
}

}  // namespace demo::json
