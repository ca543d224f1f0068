#include "http/response_head.h"

#include <span>

#include "http/head_copy.h"

namespace demo {

void ResponseHead::move_views(std::string_view original, const char* copy) {
  reason = moved_view(reason, original, copy);
  for (Field& field : std::span(fields).first(field_count)) field.move_views(original, copy);
}

}  // namespace demo
