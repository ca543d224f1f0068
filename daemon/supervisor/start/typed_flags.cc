#include "supervisor/start/typed_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "text/closest_word.h"
#include "text/value_form.h"

namespace demo {
namespace {

bool is_flag_word(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

// "--listen" of "--listen=:80", "-a" of "-a:80".
std::string name_in(const std::string& word) {
  return word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

Error refusal(const std::string& typed, const std::string& value, const std::string& why) {
  return invalid(typed, value, fmt::format("{}: {}; demo-server --help lists the flags", typed, why));
}

// What the page of help has besides.
const std::vector<cli::Option>& page_flags() {
  static const std::vector<cli::Option> flags{
      {.names = "-h,--help", .value = "", .values = cli::Values::kNone, .take = {}},
      {.names = "--version", .value = "", .values = cli::Values::kNone, .take = {}}};
  return flags;
}

Error no_such_flag(const std::vector<cli::Option>& declared, const std::string& name) {
  std::vector<std::string> names;
  for (const auto* flags : {&page_flags(), &declared}) {
    for (const cli::Option& flag : *flags) names.push_back(flag.long_name());
  }
  return refusal(name, "", "there is no such flag" + text::did_you_mean(text::nearest_word(name, names)));
}

Error unexpected(const std::string& word) {
  return invalid(
      "", word,
      fmt::format("\"{}\" is not expected: it belongs to no flag; demo-server --help lists them", word));
}

// Reads the words one after the other. Borrows the flags.
class Reader {
 public:
  explicit Reader(const std::vector<cli::Option>& declared) : declared_(declared) {}

  Status read(const std::string& word) {
    if (!is_flag_word(word)) return read_value(word);
    const std::string name = name_in(word);
    const cli::Option* const option = find(name);
    // A value may start with '-'; one that is a flag was meant as one.
    if (option == nullptr && open_ != nullptr && open_values_ == 0) return read_value(word);
    if (option == nullptr) return no_such_flag(declared_, name);
    if (auto closed = close(); !closed) return closed;
    typed_[option->long_name()] = name;
    if (option->values == cli::Values::kNone) return read_switches(word);
    open_ = option;
    open_name_ = name;
    open_values_ = 0;
    if (word.size() == name.size()) return {};
    return read_value(word.substr(name.size() + (word.starts_with("--") ? 1 : 0)));
  }

  // At the end, and where another flag follows.
  Status close() {
    if (open_ == nullptr || open_values_ > 0) return {};
    return refusal(open_name_, "", needs());
  }

  TypedFlags take() { return std::move(typed_); }

 private:
  const cli::Option* find(const std::string& name) const {
    for (const auto* flags : {&declared_, &page_flags()}) {
      const auto found = std::find_if(flags->begin(), flags->end(),
                                      [&](const cli::Option& flag) { return flag.is_named(name); });
      if (found != flags->end()) return &*found;
    }
    return nullptr;
  }

  // Of the open flag.
  std::string needs() const { return fmt::format("needs a value, {}", text::value_form(open_->value)); }

  // "-kd": the letters behind the first one.
  Status read_switches(const std::string& word) {
    if (word.starts_with("--")) {
      if (word.find('=') == std::string::npos) return {};
      return refusal(name_in(word), word.substr(word.find('=') + 1), "takes no value");
    }
    if (word.size() == 2) return {};
    return read("-" + word.substr(2));
  }

  Status read_value(const std::string& value) {
    if (open_ == nullptr) {
      return unexpected(value);
    }
    if (value.empty()) return refusal(open_name_, "", needs());
    ++open_values_;
    const std::string option = open_->long_name();
    if (open_->values == cli::Values::kFollowing) return {};
    const auto [before, first] = values_.emplace(option, value);
    if (!first) {
      return refusal(
          open_name_, value,
          fmt::format("given twice, \"{}\" and \"{}\": leave one of them out", before->second, value));
    }
    open_ = nullptr;
    return {};
  }

  const std::vector<cli::Option>& declared_;
  const cli::Option* open_ = nullptr;  // takes the next word; null: none does
  std::string open_name_;
  std::size_t open_values_ = 0;
  TypedFlags typed_;
  std::map<std::string, std::string> values_;  // of flags that take one alone
};

}  // namespace

Result<TypedFlags> read_typed_flags(const std::vector<cli::Option>& declared,
                                    const std::vector<std::string>& words) {
  // Help is for those who do not know the flags.
  const auto asks = [](const std::string& word) {
    return word == "-h" || word == "--help" || word == "--version";
  };
  if (std::any_of(words.begin(), words.end(), asks)) return TypedFlags();
  Reader reader(declared);
  const auto end = std::find(words.begin(), words.end(), "--");
  for (auto word = words.begin(); word != end; ++word) {
    if (auto read = reader.read(*word); !read) return read.error();
  }
  if (auto closed = reader.close(); !closed) return closed.error();
  // Behind "--" there are no flags, and nothing else is taken.
  if (end != words.end() && end + 1 != words.end()) return unexpected(*(end + 1));
  return reader.take();
}

}  // namespace demo
