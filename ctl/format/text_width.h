#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace demo::ctl {

// Columns that UTF-8 text takes on a terminal, each code point as one: all that the API lets through and this
// program draws.
std::size_t text_width(std::string_view text);

// At most `width` columns of the text; when something is cut the last column says so with '~'.
std::string cut_to_width(std::string_view text, std::size_t width);

// Exactly `width` columns: cut, or filled with spaces on the right (on the left when right_aligned).
std::string fit_to_width(std::string_view text, std::size_t width, bool right_aligned = false);

// The text as lines of at most `width` columns (from 1 on), broken at spaces, within a word only where it
// alone is longer. At least one line.
std::vector<std::string> wrap_to_width(std::string_view text, std::size_t width);

// Whether the text is UTF-8 (RFC 3629) from end to end, as every string of the API is.
bool is_utf8(std::string_view text);

// The text with control characters (C0, DEL, C1), characters that turn its direction or end the line, and
// bytes that are no UTF-8 as \xNN, so that what a peer chose cannot steer the terminal: the rule of the
// daemon's own sinks.
std::string printable(std::string_view text);

}  // namespace demo::ctl
