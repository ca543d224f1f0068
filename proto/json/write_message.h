#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

namespace demo::json {

enum class Layout : std::uint8_t { kIndented, kOneLine };

// A message as people and scripts read it, without a line end: the field names of the .proto files, values as
// json/spelling.h has them. A field without presence is there even when it is zero, a list when it is empty;
// one with presence when it is set. Read back by read_message().
std::string write_message(const google::protobuf::Message& message, Layout layout);

}  // namespace demo::json
