#include "watch/stats_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "format/table.h"
#include "format/text_width.h"
#include "text/counted.h"

namespace demo::ctl {
namespace {

// Lines of one section: heading, rows and at last the total.
std::vector<StyledLine> section_lines(const Section& section, std::size_t columns) {
  const std::vector<std::string> text = table_lines(section.sheet, {.width = columns, .cut = true});
  std::vector<StyledLine> lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    Style style = i == 0 ? Style::kHeading : Style::kPlain;
    if (section.sheet.total && i + 1 == text.size()) style = Style::kStrong;
    const auto& alerts = section.alert_rows;
    if (i > 0 && std::find(alerts.begin(), alerts.end(), i - 1) != alerts.end()) style = Style::kAlert;
    lines.push_back({text[i], style});
  }
  return lines;
}

// Leaves out rows from the end, the total excepted, so that `limit` lines remain with one that counts the
// missing.
void shorten(std::vector<StyledLine>& lines, const Section& section, std::size_t limit) {
  const std::size_t kept_below = section.sheet.total ? 1 : 0;
  const std::size_t left_out = lines.size() - limit + 1;
  const auto end = lines.end() - static_cast<std::ptrdiff_t>(kept_below);
  const auto begin = end - static_cast<std::ptrdiff_t>(left_out);
  *begin = {fmt::format("  {}", text::counted(left_out, "more " + section.row_name)), Style::kPlain};
  lines.erase(begin + 1, end);
}

}  // namespace

std::vector<StyledLine> stats_screen(const std::string& title, const std::vector<Section>& sections,
                                     std::size_t columns, std::size_t rows) {
  std::vector<std::vector<StyledLine>> parts;
  std::vector<std::size_t> sizes;
  for (const Section& section : sections) {
    parts.push_back(section_lines(section, columns));
    sizes.push_back(parts.back().size());
  }
  // A line for the title and one before each section.
  const std::size_t fixed = 1 + sections.size();
  const std::size_t space = rows > fixed ? rows - fixed : 0;
  constexpr std::size_t kShortest = 4;  // heading, a row, how many more, total
  while (std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}) > space) {
    const auto longest = std::max_element(sizes.begin(), sizes.end());
    if (longest == sizes.end() || *longest <= kShortest) break;
    --*longest;
  }
  std::vector<StyledLine> lines{{title, Style::kTitle}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (sizes[i] < parts[i].size()) shorten(parts[i], sections[i], sizes[i]);
    lines.push_back({"", Style::kPlain});
    lines.insert(lines.end(), parts[i].begin(), parts[i].end());
  }
  if (lines.size() > rows) lines.resize(rows);
  for (StyledLine& line : lines) line.text = cut_to_width(line.text, columns);
  return lines;
}

}  // namespace demo::ctl
