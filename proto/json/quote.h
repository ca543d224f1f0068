#pragma once

#include <string>
#include <string_view>

namespace demo::json {

// Text as a JSON string (RFC 8259 section 7), quotes included. What is not printable (text/printable.h) is
// escaped, so that a terminal may show it; a byte that is no UTF-8 becomes U+FFFD.
std::string quote(std::string_view text);

}  // namespace demo::json
