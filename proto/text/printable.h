#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace demo::text {

// utf8_size() of a character that cannot steer a terminal; 0 for control characters and those that turn the
// direction of text or end the line as well. The text is not empty. Pure.
std::size_t printable_size(std::string_view text);

// The text as one line that steers no terminal and forges no record: control characters (C0, DEL, and C1 as
// UTF-8 writes them; ECMA-48), characters that turn its direction or end the line (Unicode Standard Annexes 9
// and 14), and bytes that are no UTF-8 (RFC 3629) as \xNN, byte by byte. For everything that is shown or
// logged and may hold what somebody else chose. Pure.
std::string printable(std::string_view text);

}  // namespace demo::text
