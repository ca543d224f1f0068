#include "http/request_head.h"

#include <span>

#include "http/head_copy.h"

namespace demo {

void Field::move_views(std::string_view original, const char* copy) {
  name = moved_view(name, original, copy);
  value = moved_view(value, original, copy);
}

void RequestHead::move_views(std::string_view original, const char* copy) {
  for (std::string_view* view : {&method_text, &target, &path_query, &host}) {
    *view = moved_view(*view, original, copy);
  }
  for (Field& field : std::span(fields).first(field_count)) field.move_views(original, copy);
}

}  // namespace demo
