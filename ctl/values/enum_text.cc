#include "values/enum_text.h"

#include "failure.h"

namespace demo::ctl {

const google::protobuf::EnumValueDescriptor& parse_enum(const google::protobuf::EnumDescriptor& type,
                                                        std::string_view word,
                                                        const std::vector<std::string>& further) {
  const auto* const value = json::find_enum_word(type, word);
  if (value == nullptr) throw usage_failure(json::no_such_word(type, word, further));
  return *value;
}

}  // namespace demo::ctl
