#pragma once

#include <functional>
#include <string>
#include <vector>

namespace demo::ctl {

// One thing that may follow a verb (or democtl itself). The parser, the help, the man page and the completion
// all read it, so that nothing is said twice.
struct Argument {
  std::string name;              // "--pool", "-o,--output"; a positional has its placeholder here: "ENDPOINT"
  std::string placeholder = {};  // what the value is; "a|b|c" lists all words; empty: a flag without a value
  std::string help = {};         // no full stop, lower case, fits behind the name
  std::function<void(const std::string& value)> take = {};  // may throw a usage Failure; a flag gets ""
  bool positional = false;
  bool required = false;  // positionals only: without it the positional may be left out
  bool repeats = false;   // may be given several times; a positional takes all that follow

  bool of_every_change = false;  // the man page says it once for all verbs

  bool is_flag() const { return placeholder.empty(); }
  // "--output" of "-o,--output"; of a positional its placeholder.
  std::string long_name() const {
    return name.substr(name.find(',') == std::string::npos ? 0 : name.find(',') + 1);
  }
};

struct Example {
  std::string line;  // what follows "democtl "
  std::string what;  // what it does, one clause
};

// Chapters of the help and the man page, in this order.
enum class Chapter { kListeners, kBackends, kPools, kTraffic, kWorkers, kWatching, kConfiguration, kClient };

// Everything to know about a verb but what it does.
struct Verb {
  std::string name;  // one word, or two for a verb of a family: "config diff"
  Chapter chapter = Chapter::kClient;
  std::string summary = {};  // one clause, lower case
  std::string details = {};  // further sentences for --help and the man page; may be empty
  std::vector<Example> examples = {};
  std::vector<Argument> arguments = {};  // positionals in order, then options
  bool hidden = false;                   // neither in the help nor in completions
  bool prints_toml = false;              // -o toml means something
};

}  // namespace demo::ctl
