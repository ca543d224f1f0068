#include "format/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "failure.h"
#include "values/closest_word.h"

namespace demo::ctl {

Output parse_output(const std::string& word) {
  static const std::vector<std::string> kWords{"table", "wide", "json", "jsonl", "csv", "toml"};
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  if (found != kWords.end()) return static_cast<Output>(found - kWords.begin());
  throw usage_failure(not_one_of(word, kWords));
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> parts;
  for (std::string_view rest = text;;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string part(rest.substr(0, comma));
    if (part.empty()) throw usage_failure(fmt::format("\"{}\" has an empty part", text));
    if (std::find(parts.begin(), parts.end(), part) != parts.end()) {
      throw usage_failure(fmt::format("\"{}\" has \"{}\" twice", text, part));
    }
    parts.push_back(std::move(part));
    if (comma == rest.size()) return parts;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace demo::ctl
