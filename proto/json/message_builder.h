#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/byte_strings.h"
#include "json/read_message.h"
#include "json/spelling.h"

namespace demo::json {

// Fills a message from the events of RapidJSON's reader, whose names its methods bear; each says whether to
// go on. Borrows the text, its stream and the message.
class MessageBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, MessageBuilder> {
 public:
  MessageBuilder(std::string_view json, const rapidjson::MemoryStream& stream,
                 google::protobuf::Message& message, Unknown unknown)
      : json_(json), stream_(stream), root_(message), unknown_(unknown) {}

  bool Null();
  bool Bool(bool value);
  bool RawNumber(const char* text, rapidjson::SizeType size, bool copy);
  bool String(const char* text, rapidjson::SizeType size, bool copy);
  bool Key(const char* text, rapidjson::SizeType size, bool copy);
  bool StartObject();
  bool EndObject(rapidjson::SizeType members);
  bool StartArray();
  bool EndArray(rapidjson::SizeType elements);

  // Once the text has ended: sets what could not be set before. Says whether all is well.
  bool finish();

  struct Fault {
    std::size_t offset = 0;
    std::string path;
    std::string reason;
  };
  // What made a method return false.
  const Fault& fault() const { return fault_; }
  // The member that is read.
  std::string path() const { return path_of(levels_.size()); }
  const std::vector<std::string>& unknown_paths() const { return unknown_paths_; }

 private:
  // An object that is open, or the list of it that is being read.
  struct Level {
    google::protobuf::Message& message;
    std::vector<const google::protobuf::FieldDescriptor*> seen = {};  // members so far, the present one last
    bool in_list = false;
    std::size_t index = 0;  // in the list
  };

  // {"base64": "..."} that is open.
  struct BytesObject {
    bool open = false;
    bool filled = false;
    ByteStrings::Form form = ByteStrings::Form::kUnsaid;
  };

  // Of the member that the outermost levels have come to.
  std::string path_of(std::size_t levels) const;
  // Where the token of the present event starts. Every event calls one of them, once.
  std::size_t start_of_token();
  std::size_t start_of_bracket();

  bool fail(std::size_t offset, std::string path, std::string reason);
  // The value is of no use for the present member.
  bool refuse(std::size_t offset, std::string_view what);
  bool scalar(const Value& value);
  bool bytes_key(std::size_t offset, std::string_view name);
  bool bytes_value(std::size_t offset, const Value& value);
  void note_name(const google::protobuf::FieldDescriptor& field, const Value& value);
  const google::protobuf::FieldDescriptor& field() const { return *levels_.back().seen.back(); }
  void next_element();
  // Whether the present value belongs to what is left out, and how deep.
  bool left_out_bracket(int step);
  bool left_out_scalar();

  const std::string_view json_;
  const rapidjson::MemoryStream& stream_;
  google::protobuf::Message& root_;
  const Unknown unknown_;
  std::size_t read_ = 0;  // bytes up to the end of the last event's token
  std::vector<Level> levels_;
  BytesObject bytes_;
  ByteStrings byte_strings_;
  bool leaves_out_ = false;  // the value that comes next
  int left_out_depth_ = 0;   // brackets of such a value that are open
  std::vector<std::string> unknown_paths_;
  Fault fault_;
};

}  // namespace demo::json
