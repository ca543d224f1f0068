#pragma once

#include <toml++/toml.h>

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/config_file.h"
#include "config/source_text.h"

namespace demo {

// A mistake in the configuration file.
struct FileProblem {
  FilePlace place;
  Error error;  // field: the key's path in the file; message: one sentence that names field and value
};

// A value as the file has it.
struct FileKey {
  FilePlace place;
  std::string name;   // as the file's author writes it: "listener.kernel.backlog"
  std::string typed;  // a value that is no text, as it stands there: "1e3"
};

// What was given, by its path in the desired state as validate() names it:
// "listeners.0.0.0.0:80.kernel.backlog".
using FileKeys = std::map<std::string, FileKey>;

// A problem of the desired state as one of the file: its place is that of the value itself or of the nearest
// thing around it; its field is the key as the file has it, its value as it was typed. around: what stands
// for a problem of which nothing is in the file; its name is put in front of the field.
FileProblem problem_in_file(const FileKeys& keys, const FileKey& around, Error error);

// Reads the parsed file into config, whose values stay where the file says nothing. Every mistake (a wrong
// type, a text that does not parse, a value out of its bounds or against a rule of its table, an unknown key,
// a list element without its identity) is added to problems. source: the text that was parsed.
void read_config_table(const toml::table& root, const SourceText& source, const ReadFile& read_file,
                       Config& config, std::vector<FileProblem>& problems, FileKeys& keys);

}  // namespace demo
