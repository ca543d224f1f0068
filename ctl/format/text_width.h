#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/printable.h"
#include "text/utf8.h"

namespace demo::ctl {

using text::is_utf8;
using text::printable;

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

}  // namespace demo::ctl
