#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/config_file.h"

namespace demo {

// A mistake in the configuration file.
struct FileProblem {
  std::uint32_t line = 0;  // from 1
  Error error;  // field: the key's path in the file; message: one sentence that names field and value
};

// Where each value was given, by its path in the desired state as validate() names it.
using FileLines = std::map<std::string, std::uint32_t>;

// Reads the parsed file into config, whose values stay where the file says nothing. Every mistake (a wrong
// type, a text that does not parse, an unknown key, a list element without its identity) is added to
// problems.
void read_config_table(const toml::table& root, const ReadFile& read_file, Config& config,
                       std::vector<FileProblem>& problems, FileLines& lines);

}  // namespace demo
