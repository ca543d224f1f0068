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
// go on. What a value is wrong in is noted, and the value passed over. Borrows the text, its stream, the
// message and the options.
class MessageBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, MessageBuilder> {
 public:
  MessageBuilder(std::string_view json, const rapidjson::MemoryStream& stream,
                 google::protobuf::Message& message, const ReadOptions& options)
      : json_(json), stream_(stream), root_(message), options_(options) {}

  bool Null();
  bool Bool(bool value);
  bool RawNumber(const char* text, rapidjson::SizeType size, bool copy);
  bool String(const char* text, rapidjson::SizeType size, bool copy);
  bool Key(const char* text, rapidjson::SizeType size, bool copy);
  bool StartObject();
  bool EndObject(rapidjson::SizeType members);
  bool StartArray();
  bool EndArray(rapidjson::SizeType elements);

  // Once the text has ended: sets what could not be set before.
  void finish();

  // What was wrong so far, and how much more than is kept.
  const std::vector<Fault>& faults() const { return faults_; }
  std::size_t untold() const { return untold_; }
  // The member that is read.
  std::string path() const { return path_of(levels_.size()); }
  const std::vector<std::string>& unknown_paths() const { return unknown_paths_; }

 private:
  // An object that is open, or the list of it that is being read.
  struct Level {
    google::protobuf::Message& message;
    std::vector<const google::protobuf::FieldDescriptor*> seen = {};  // members so far, the present one last
    std::vector<std::size_t> starts = {};                             // of their names
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

  // Whether as many problems are kept as may be told, so that the next one is only counted.
  bool is_full() const { return faults_.size() >= kToldProblems; }
  void fail(std::size_t offset, std::string path, std::string reason);
  // The value is of no use for the present member, or for the whole text, which ends the reading.
  bool refuse(std::size_t offset, std::string_view what);
  // The same of an object or list that has begun, and is passed over.
  bool refuse_bracket(std::size_t offset, std::string_view what);
  // A value of the present member starts there.
  void note_place(std::size_t offset);
  bool scalar(const Value& value);
  bool bytes_key(std::size_t offset, std::string_view name);
  bool bytes_value(std::size_t offset, const Value& value);
  void note_name(const google::protobuf::FieldDescriptor& field, const Value& value);
  const google::protobuf::FieldDescriptor& field() const { return *levels_.back().seen.back(); }
  void note_unknown(std::size_t offset, const std::string& name);
  void pass_element();
  void next_element();
  // Whether the present value belongs to what is left out, and how deep.
  bool left_out_bracket(int step);
  bool left_out_scalar();

  const std::string_view json_;
  const rapidjson::MemoryStream& stream_;
  google::protobuf::Message& root_;
  const ReadOptions& options_;
  std::size_t read_ = 0;  // bytes up to the end of the last event's token
  std::vector<Level> levels_;
  BytesObject bytes_;
  ByteStrings byte_strings_;
  bool leaves_out_ = false;  // the value that comes next
  int left_out_depth_ = 0;   // brackets of such a value that are open
  std::vector<std::string> unknown_paths_;
  std::vector<Fault> faults_;
  std::size_t untold_ = 0;
};

}  // namespace demo::json
