#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
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
  bool of_connection = false;    // says how the daemon is reached and waited for
  bool same_again = false;       // repeats, and the same value twice means something: two header fields

  std::vector<std::string> words = {};  // all values that it takes, where the placeholder cannot list them
  bool other_words = false;             // these may be given by other names too: `take` knows them
  std::vector<std::string> other_names = {};  // of those the ones that are completed, after the words
  std::string field = {};                     // of the request, as the daemon's errors name it; empty: none

  bool is_flag() const { return placeholder.empty(); }
  // The words that the placeholder lists: "a", "b" and "c" of "a|b|c".
  std::vector<std::string> listed_words() const;
  // Whether the word is a spelling of the option's name: "-o" and "--output" of "-o,--output".
  bool is_named(std::string_view word) const;
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

// What a verb prints, and so which of the options of every verb mean something to it.
enum class Prints {
  kRows,           // columns and rows: every -o but toml, --fields, --sort
  kAnswer,         // a sentence, or a message of the API: -o table, json or jsonl
  kConfiguration,  // the same, and -o toml
  kText,           // a text or a screen of its own: no -o
};

// Everything to know about a verb but what it does.
struct Verb {
  std::string name;  // one word, or two for a verb of a family: "config diff"
  Chapter chapter = Chapter::kClient;
  std::string summary = {};  // one clause, lower case
  std::string details = {};  // further sentences for --help and the man page; may be empty
  std::vector<Example> examples = {};
  std::vector<Argument> arguments = {};  // positionals in order, then options
  bool hidden = false;                   // neither in the help nor in completions
  Prints prints = Prints::kRows;
  std::vector<std::string> columns = {};          // what --fields and --sort take
  std::vector<std::string> further_columns = {};  // of tables beside the rows, which both leave alone
  // Of `columns` those that it has with these options, by their long names; unset: all.
  std::function<std::vector<std::string>(const std::set<std::string>& given)> columns_with = {};
  bool keeps_order = false;  // the order of the rows means something: no --sort
  bool asks_nobody = false;  // needs no daemon, whatever its arguments are
};

// What errors call an argument of the verb that is not an option as it was typed: a positional that lists its
// words by the verb, since the words follow anyway.
std::string name_in_errors(const Argument& argument, const Verb& verb);

}  // namespace demo::ctl
