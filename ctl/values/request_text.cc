#include "values/request_text.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "failure.h"
#include "format/text_width.h"
#include "text/api_sizes.h"

namespace demo::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void require_utf8(const FieldDescriptor& field, const std::string& text) {
  if (is_utf8(text)) return;
  throw usage_failure(
      fmt::format("\"{}\" ({}) is not UTF-8, which all text must be", text, std::string(field.name())));
}

}  // namespace

void require_utf8(const Message& request) {
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(request, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!message && field->type() != FieldDescriptor::TYPE_STRING) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(request, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (message) {
        require_utf8(field->is_repeated() ? reflection.GetRepeatedMessage(request, field, i)
                                          : reflection.GetMessage(request, field));
      } else {
        require_utf8(*field, field->is_repeated() ? reflection.GetRepeatedString(request, field, i)
                                                  : reflection.GetString(request, field));
      }
    }
  }
}

void require_size(const Message& request) {
  if (request.ByteSizeLong() <= text::kApiMessageBytes) return;
  throw usage_failure(fmt::format("the request has {} bytes: the daemon takes at most {}",
                                  request.ByteSizeLong(), text::kApiMessageBytes));
}

}  // namespace demo::ctl
