#include "base/error_lines.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace demo {

std::vector<std::string> lines_of(const Error& error) {
  std::vector<std::string> lines;
  std::string_view rest = error.message;
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;) {
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  lines.emplace_back(rest);
  return lines;
}

std::string in_one_line(const Error& error) { return fmt::format("{}", fmt::join(lines_of(error), "; ")); }

}  // namespace demo
