#pragma once

#include <toml++/toml.h>

#include <vector>

#include "config/config.h"
#include "config/config_file.h"
#include "config/file_keys.h"
#include "config/problems.h"
#include "config/source_text.h"

namespace demo {

// Reads the parsed file into config, whose values stay where the file says nothing. Every mistake (a wrong
// type, a text that does not parse, a value out of its bounds or against a rule of its table, an unknown key,
// a list element without its identity) is added to problems. source: the text that was parsed. Returns the
// paths of values that were given and could not be read, for validate_whole().
FieldPaths read_config_table(const toml::table& root, const SourceText& source, const ReadFile& read_file,
                             Config& config, std::vector<FileProblem>& problems, FileKeys& keys);

}  // namespace demo
