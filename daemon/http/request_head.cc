#include "http/request_head.h"

#include "http/head_recall.h"

namespace demo {

void RequestHead::move_views(std::string_view original, const char* copy) {
  for (std::string_view* view : {&method_text, &target, &path_query, &host}) {
    *view = moved_view(*view, original, copy);
  }
  for (std::size_t i = 0; i < field_count; ++i) {
    fields[i].name = moved_view(fields[i].name, original, copy);
    fields[i].value = moved_view(fields[i].value, original, copy);
  }
}

}  // namespace demo
