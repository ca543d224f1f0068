#include "format/table.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "format/text_width.h"

namespace demo::ctl {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestCut = 8;    // no cell is cut below this many columns
constexpr std::size_t kNarrowestWrap = 24;  // nor wrapped, as long as anything else can give way
constexpr std::size_t kShortName = 24;      // a longer one is cut to this before other columns are left out

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

// How far a table takes from its columns before it leaves some out.
enum class Give { kNothing, kWraps, kWrapsAndLongNames, kAllButShortNames, kAll };

std::size_t least_width_of(const Column& column, std::size_t width, Give give) {
  if (give == Give::kNothing) return width;
  if (give == Give::kAll) return std::min(width, kNarrowestCut);
  if (column.names) return give == Give::kWraps ? width : std::min(width, kShortName);
  if (give == Give::kAllButShortNames) return std::min(width, kNarrowestCut);
  return column.wraps ? std::min(width, kNarrowestWrap) : width;
}

// The columns that they take at least.
std::size_t least_width(const Sheet& sheet, const std::vector<std::size_t>& shown, Give give) {
  std::vector<std::size_t> widths = widths_of(sheet, shown);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    widths[i] = least_width_of(sheet.columns[shown[i]], widths[i], give);
  }
  return total_width(widths);
}

// Leaves out figures, the last first, until what is left fits beside names that are not too short to tell,
// then whatever does not fit cut to the least beside these, then names. The first column says what a row is
// about.
void leave_out(const Sheet& sheet, std::vector<std::size_t>& shown, std::size_t limit) {
  for (std::size_t i = shown.size();
       i-- > 1 && least_width(sheet, shown, Give::kWrapsAndLongNames) > limit;) {
    if (sheet.columns[shown[i]].align == Align::kRight) {
      shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  for (std::size_t i = shown.size(); i-- > 1 && least_width(sheet, shown, Give::kAllButShortNames) > limit;) {
    if (!sheet.columns[shown[i]].names) shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(i));
  }
  while (shown.size() > 1 && least_width(sheet, shown, Give::kAll) > limit) shown.pop_back();
}

// Takes from what is wrapped, then from the widest that is no name and from names that are longer than they
// need be, then from the widest, until it fits.
void narrow(const Sheet& sheet, const std::vector<std::size_t>& shown, std::vector<std::size_t>& widths,
            std::size_t limit) {
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (!sheet.columns[shown[i]].wraps) continue;
    while (total_width(widths) > limit && widths[i] > kNarrowestWrap) --widths[i];
  }
  for (const bool take_names : {false, true}) {
    while (total_width(widths) > limit) {
      std::size_t widest = shown.size();
      for (std::size_t i = 0; i < shown.size(); ++i) {
        const bool holds = sheet.columns[shown[i]].names && !take_names;
        const bool may_give = widths[i] > (holds ? kShortName : kNarrowestCut);
        if (may_give && (widest == shown.size() || widths[i] > widths[widest])) widest = i;
      }
      if (widest == shown.size()) break;
      --widths[widest];
    }
  }
}

// The widths of the columns of a table.
std::vector<std::size_t> fitting_widths(const Sheet& sheet, const std::vector<std::size_t>& shown,
                                        const TableShape& shape) {
  std::vector<std::size_t> widths = widths_of(sheet, shown);
  if (!shape.width || !shape.cut) return widths;
  for (std::size_t& width : widths) width = std::min(width, *shape.width);
  narrow(sheet, shown, widths, *shape.width);
  return widths;
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
    if (least_width(sheet, candidate, shape.cut ? Give::kWraps : Give::kNothing) > *shape.width) break;
    best = std::move(candidate);
  }
  if (shape.cut) leave_out(sheet, best, *shape.width);
  return best;
}

std::size_t table_width(const Sheet& raw, const TableShape& shape) {
  const Sheet sheet = printable_sheet(raw);
  return total_width(fitting_widths(sheet, shown_columns(sheet, shape), shape));
}

std::vector<std::vector<std::string>> table_rows(const Sheet& raw, const TableShape& shape) {
  const Sheet sheet = printable_sheet(raw);
  const std::vector<std::size_t> shown = shown_columns(sheet, shape);
  if (shown.empty()) return {};
  const std::vector<std::size_t> widths = fitting_widths(sheet, shown, shape);
  const auto lines_of = [&](const auto& text_at) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const std::string text = text_at(shown[i]);
      cells.push_back(sheet.columns[shown[i]].wraps ? wrap_to_width(text, widths[i]) : std::vector{text});
      height = std::max(height, cells.back().size());
    }
    std::vector<std::string> lines(height);
    for (std::size_t row = 0; row < height; ++row) {
      for (std::size_t i = 0; i < shown.size(); ++i) {
        const bool right = sheet.columns[shown[i]].align == Align::kRight;
        lines[row] += fit_to_width(row < cells[i].size() ? cells[i][row] : "", widths[i], right);
        if (i + 1 < shown.size()) lines[row] += std::string(kGap, ' ');
      }
      lines[row] = trimmed(std::move(lines[row]));
    }
    return lines;
  };
  const std::vector<Cell> heading = headings(sheet);
  std::vector<std::vector<std::string>> rows{lines_of([&](std::size_t i) { return heading[i].text; })};
  for (const auto& row : sheet.rows) rows.push_back(lines_of([&](std::size_t i) { return row[i].text; }));
  return rows;
}

std::vector<std::string> table_lines(const Sheet& sheet, const TableShape& shape) {
  std::vector<std::string> lines;
  for (std::vector<std::string>& row : table_rows(sheet, shape)) {
    std::move(row.begin(), row.end(), std::back_inserter(lines));
  }
  return lines;
}

std::string render_table(const Sheet& sheet, const TableShape& shape) {
  std::string text;
  for (const std::string& line : table_lines(sheet, shape)) text += line + '\n';
  return text;
}

}  // namespace demo::ctl
