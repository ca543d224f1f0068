#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace demo::text {

// The size in bytes, 1 to 4, of the UTF-8 character (RFC 3629) that a text of at least one byte starts with;
// 0 when it starts with none.
std::size_t utf8_size(std::string_view text);

// The same for a character that cannot steer a terminal: 0 for control characters (C0, DEL, C1) and those
// that turn the direction of text or end the line as well.
std::size_t printable_size(std::string_view text);

// Whether the text is UTF-8 from end to end, as every string of the API is.
bool is_utf8(std::string_view text);

// The text with every byte of what is not printable as \xNN, so that what a peer chose cannot steer the
// terminal: the rule of the daemon's own sinks.
std::string printable(std::string_view text);

}  // namespace demo::text
