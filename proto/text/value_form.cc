#include "text/value_form.h"

#include <cstddef>

namespace demo::text {

std::string value_form(std::string_view placeholder) {
  std::string form = placeholder.find('|') == std::string_view::npos ? "" : "one of ";
  for (const char c : placeholder) {
    if (c == '|') {
      form += ", ";
    } else {
      form += c;
    }
  }
  return form;
}

}  // namespace demo::text
