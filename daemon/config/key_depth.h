#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace demo {

// The first line of a TOML text (TOML 1.0.0) at which its keys nest deeper than so many dots, 0 when there is
// none: counted outside texts and comments, from where the last bracket was closed. Each dot is a table
// within a table to toml::parse(), whatever TOML_MAX_NESTED_VALUES says of brackets, and freeing them
// recurses. Right up to the first syntax error. Pure.
std::uint32_t line_of_deep_keys(std::string_view text, std::size_t most);

}  // namespace demo
