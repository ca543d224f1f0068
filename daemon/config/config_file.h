#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/file_keys.h"
#include "text/told_problems.h"

// The configuration file, /etc/demo-server/demo-server.toml: TOML 1.0 whose keys are the names of the fields
// of Config and its parts (config/config.h), with [[listener]], [[pool]] and [[pool.backend]] for the
// elements of lists. Times are texts such as "15s", sizes may be texts such as "20k". What the file leaves
// out keeps its default.
namespace demo {

// The content of a file that the configuration names.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

// What a file says.
struct ConfigFile {
  Config config;
  bool listens_nowhere = false;  // on purpose: "listener = []"
  bool sets_nothing = false;     // comments and headings alone, as of a file that was emptied
  std::string name;              // what messages call it
  FileKeys keys;                 // what it says, and where
};

// Of a file, and of a change.
using text::kToldProblems;

// A problem of the state that was made of a file: behind "FILE:LINE:COLUMN: " when the file has the value, or
// something around it; otherwise as it was.
Error in_file(const ConfigFile& file, Error error);

struct ParsedConfig : ConfigFile {
  std::vector<Error>
      problems;  // by line; each message starts with "FILE:LINE:COLUMN: "; empty when the file is right
};

// Reads and validates the text of a file; name is what messages call it. A response.body_file is read with
// read_file.
ParsedConfig parse_config(std::string_view text, const std::string& name, const ReadFile& read_file);

// The same with every problem of the text in one kInvalidArgument, one a line, and field and value of the
// first.
Result<ConfigFile> load_config_text(std::string_view text, const std::string& name,
                                    const ReadFile& read_file);

// Reads the file, and a body's file from beside it. files: gets the paths of both, whether they can be read
// or not; null when nobody wants to know. Error: kNotFound or kPermissionDenied when one of them cannot be
// read, else as load_config_text().
Result<ConfigFile> load_config_file(const std::string& path, std::vector<std::string>* files = nullptr);

}  // namespace demo
