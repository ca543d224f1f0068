#include "format/table.h"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "format/text_width.h"

namespace demo::ctl {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestCut = 8;  // no cell is cut below this many columns

std::string heading(const Column& column) {
  std::string text;
  for (const char c : column.name) text += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::size_t column_width(const Sheet& sheet, std::size_t index) {
  std::size_t width = std::max(sheet.columns[index].width, text_width(sheet.columns[index].name));
  for (const auto& row : sheet.rows) width = std::max(width, text_width(row[index].text));
  return width;
}

std::size_t total_width(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + kGap * (widths.size() - 1);
}

std::vector<std::size_t> widths_of(const Sheet& sheet, const std::vector<std::size_t>& shown) {
  std::vector<std::size_t> widths;
  for (const std::size_t index : shown) widths.push_back(column_width(sheet, index));
  return widths;
}

// Takes from the widest until it fits.
void narrow(std::vector<std::size_t>& widths, std::size_t limit) {
  while (total_width(widths) > limit) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kNarrowestCut) return;
    --*widest;
  }
}

// With cells that cannot steer the terminal, whoever chose what they say.
Sheet printable_sheet(Sheet sheet) {
  for (auto& row : sheet.rows) {
    for (Cell& cell : row) cell.text = printable(cell.text);
  }
  return sheet;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::vector<std::size_t> shown_columns(const Sheet& sheet, const TableShape& shape) {
  unsigned highest = 0;
  for (const Column& column : sheet.columns) highest = std::max(highest, column.rank);
  const auto up_to = [&](unsigned rank) {
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
      if (sheet.columns[i].rank <= rank) shown.push_back(i);
    }
    return shown;
  };
  if (!shape.width) return up_to(highest);
  std::vector<std::size_t> best = up_to(0);
  for (unsigned rank = 1; rank <= highest; ++rank) {
    std::vector<std::size_t> candidate = up_to(rank);
    if (total_width(widths_of(sheet, candidate)) > *shape.width) break;
    best = std::move(candidate);
  }
  return best;
}

std::vector<std::string> table_lines(const Sheet& raw, const TableShape& shape) {
  const Sheet sheet = printable_sheet(raw);
  const std::vector<std::size_t> shown = shown_columns(sheet, shape);
  if (shown.empty()) return {};
  std::vector<std::size_t> widths = widths_of(sheet, shown);
  if (shape.width && shape.cut) narrow(widths, *shape.width);
  const auto line_of = [&](const auto& text_at) {
    std::string line;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const bool right = sheet.columns[shown[i]].align == Align::kRight;
      line += fit_to_width(text_at(shown[i]), widths[i], right);
      if (i + 1 < shown.size()) line += std::string(kGap, ' ');
    }
    return trimmed(std::move(line));
  };
  std::vector<std::string> lines{line_of([&](std::size_t i) { return heading(sheet.columns[i]); })};
  for (const auto& row : sheet.rows) lines.push_back(line_of([&](std::size_t i) { return row[i].text; }));
  return lines;
}

std::string render_table(const Sheet& sheet, const TableShape& shape) {
  std::string text;
  for (const std::string& line : table_lines(sheet, shape)) text += line + '\n';
  return text;
}

}  // namespace demo::ctl
