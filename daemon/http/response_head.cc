#include "http/response_head.h"

#include "http/head_recall.h"

namespace demo {

void ResponseHead::move_views(std::string_view original, const char* copy) {
  reason = moved_view(reason, original, copy);
  for (std::size_t i = 0; i < field_count; ++i) {
    fields[i].name = moved_view(fields[i].name, original, copy);
    fields[i].value = moved_view(fields[i].value, original, copy);
  }
}

}  // namespace demo
