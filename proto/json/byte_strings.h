#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace demo::json {

// What is wrong with a value of a text.
struct Fault {
  std::size_t offset = 0;  // of the value, in bytes
  std::string path;        // of the field
  std::string reason;
};

// The strings that a text has for bytes, until it is known how it spells them: read_message.h has the rule.
// Borrows the messages.
class ByteStrings {
 public:
  enum class Form { kUnsaid, kText, kBase64 };

  void add(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, Form form,
           std::string_view text, std::size_t offset, std::string path);

  // The text names an enum: by its long name, or by the word of the flags.
  void on_long_name(std::string_view name) { long_name_ = name; }
  void on_word(std::string_view word) { word_ = word; }

  // Sets the fields, once everything was read. Those that cannot be.
  std::vector<Fault> settle() const;

 private:
  struct Entry {
    google::protobuf::Message& message;
    const google::protobuf::FieldDescriptor& field;
    Form form;
    std::string text;
    std::size_t offset;
    std::string path;
  };

  // Why the entry cannot be set; empty when it was.
  std::string set(const Entry& entry) const;

  std::vector<Entry> entries_;
  std::string long_name_;  // one that was seen; empty: none
  std::string word_;
};

}  // namespace demo::json
