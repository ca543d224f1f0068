#include "format/column_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

#include "failure.h"
#include "format/output.h"
#include "text/letter_case.h"
#include "values/closest_word.h"

namespace demo::ctl {

std::vector<std::string> parse_columns(std::string_view text) {
  return parse_list(text::small_letters(text));
}

RowOrder parse_order(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {text::small_letters(text)};
  const std::string direction = text::small_letters(text.substr(colon + 1));
  const std::vector<std::string> words{"asc", "desc"};
  if (std::find(words.begin(), words.end(), direction) == words.end()) {
    throw usage_failure(fmt::format("\"{}\": behind the colon stands one of {}{}", text,
                                    fmt::join(words, ", "), did_you_mean(direction, words)));
  }
  if (colon == 0) throw usage_failure(fmt::format("\"{}\": a column comes before the colon", text));
  return {text::small_letters(text.substr(0, colon)), direction == "desc"};
}

std::string order_text(const RowOrder& order) { return order.column + (order.descending ? ":desc" : ""); }

void check_column(const std::string& column, const std::vector<std::string>& names, std::string_view option) {
  if (std::find(names.begin(), names.end(), column) != names.end()) return;
  throw usage_failure(fmt::format("{}: there is no column \"{}\", only {}{}", option, column,
                                  fmt::join(names, ", "), did_you_mean(column, names)));
}

}  // namespace demo::ctl
