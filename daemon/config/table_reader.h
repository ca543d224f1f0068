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

// Where something stands in the file; both from 1, 0 when it is not known.
struct FilePlace {
  std::uint32_t line = 0;
  std::uint32_t column = 0;  // in characters
};

// A mistake in the configuration file.
struct FileProblem {
  FilePlace place;
  Error error;  // field: the key's path in the file; message: one sentence that names field and value
};

// A value as the file has it.
struct FileKey {
  FilePlace place;
  std::string name;  // as the file's author writes it: "listener.kernel.backlog"
};

// What was given, by its path in the desired state as validate() names it:
// "listeners.0.0.0.0:80.kernel.backlog".
using FileKeys = std::map<std::string, FileKey>;

// Reads the parsed file into config, whose values stay where the file says nothing. Every mistake (a wrong
// type, a text that does not parse, an unknown key, a list element without its identity) is added to
// problems.
void read_config_table(const toml::table& root, const ReadFile& read_file, Config& config,
                       std::vector<FileProblem>& problems, FileKeys& keys);

}  // namespace demo
