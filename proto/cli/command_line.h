#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace demo::cli {

// How many values belong to an option.
enum class Values {
  kNone,       // it is a flag
  kLast,       // one each time that it is given, of which the last counts
  kEach,       // one each time that it is given
  kFollowing,  // every word that follows, up to the next option
};

// An option, or a positional argument, of a command line.
struct Option {
  std::string names;      // "-a,--listen"; a positional argument has any name without '-'
  std::string value;      // what help calls its value, "ADDR"
  std::string help = {};  // a flag without it is not listed
  Values values = Values::kLast;
  // Called once the command line has been read, if it was given, with its values.
  std::function<void(const std::vector<std::string>&)> take;

  // "--listen"; the option has such a name.
  std::string long_name() const;
  // name: "-a" or "--listen".
  bool is_named(std::string_view name) const;
};

// What the program says of itself. With it a command line may ask for --help and --version.
struct Page {
  std::string description;
  std::string examples;  // behind the options
  std::string version;
};

// What came of a command line, apart from what its options took.
struct Outcome {
  std::string problem;  // why it cannot be read, in the words of the library; empty: nothing is wrong
  std::string print;    // what --help or --version asks for
  std::vector<std::string> extra;  // without a page: words that belong to nothing, in their order
  std::size_t positional = 0;      // how many positional arguments were given
};

// Reads the words behind the program's name. What a take() throws passes through. Without a page, words that
// belong to nothing are no problem.
Outcome read_command_line(const std::string& program, const std::vector<Option>& options,
                          std::vector<std::string> words, const Page* page = nullptr);

}  // namespace demo::cli
