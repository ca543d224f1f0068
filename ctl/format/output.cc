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
  throw usage_failure(fmt::format("\"{}\" is not one of table, wide, json, jsonl, csv, toml{}", word,
                                  did_you_mean(word, kWords)));
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

}  // namespace demo::ctl
