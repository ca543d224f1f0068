#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace demo {

// JSON of a message without what the message does not have.
struct KnownFields {
  std::string json;
  std::vector<std::string> unknown;  // paths of what was left out, sorted: "listeners[0].colour"
};

// Looks at names only: values of a wrong type or unknown enumerators stay. Pure. kInvalidArgument for text
// that is no JSON object.
Result<KnownFields> keep_known_fields(std::string_view json, const google::protobuf::Descriptor& message);

}  // namespace demo
