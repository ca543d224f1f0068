#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace demo::ctl {

enum class Output : std::uint8_t { kTable, kWide, kJson, kJsonLines, kCsv, kToml };

// "table|wide|json|jsonl|csv|toml".
inline constexpr std::string_view kOutputWords = "table|wide|json|jsonl|csv|toml";

// Throws a usage Failure that lists the words.
Output parse_output(const std::string& word);

// "a,b" as {"a", "b"}. Throws a usage Failure for an empty part and for one that is there twice.
std::vector<std::string> parse_list(std::string_view text);

}  // namespace demo::ctl
