#pragma once

#include <optional>
#include <string_view>

#include "config/file_keys.h"
#include "config/source_text.h"

namespace demo {

// What to say when the parser met a key or table again in a line: both places. Unset when nothing in front of
// the line has the name. why: what the parser said.
std::optional<FileProblem> duplicate_problem(const SourceText& source, std::uint32_t line,
                                             std::string_view why);

}  // namespace demo
