#pragma once

#include <string>
#include <string_view>

namespace demo {

// What is wrong in the terms of TOML, and what to write: "the file ends within an array: close it with ]".
// why: what the parser (toml++ 3.3) said, of which none but characters of the file comes in. at_line_end:
// whether the parser stopped at the end of a line. Pure.
std::string toml_mistake(std::string_view why, bool at_line_end);

}  // namespace demo
