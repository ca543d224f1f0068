#include "format/sheet.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "format/column_choice.h"
#include "text/letter_case.h"

namespace demo::ctl {
namespace {

// option: that names the column.
std::size_t column_index(const Sheet& sheet, const std::string& name, std::string_view option) {
  std::vector<std::string> names;
  for (const Column& column : sheet.columns) names.push_back(column.name);
  check_column(name, names, option);
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

bool less(const Cell& a, const Cell& b) {
  if (a.number && b.number) return *a.number < *b.number;
  if (a.number || b.number) return b.number.has_value();  // a missing figure comes first
  return a.text < b.text;
}

}  // namespace

Cell count_cell(std::uint64_t value) { return {std::to_string(value), static_cast<double>(value)}; }

Cell absent_cell(std::string shown) {
  Cell cell(std::move(shown));
  cell.absent = true;
  return cell;
}

Cell optional_cell(std::string text) { return text.empty() ? absent_cell() : Cell(std::move(text)); }

std::vector<Cell> headings(const Sheet& sheet) {
  std::vector<Cell> cells;
  for (const Column& column : sheet.columns) cells.emplace_back(text::capitals(column.name));
  return cells;
}

Sheet with_fields(const Sheet& sheet, const std::vector<std::string>& names) {
  Sheet result;
  result.total = sheet.total;
  result.rows.resize(sheet.rows.size());
  for (const std::string& name : names) {
    const std::size_t index = column_index(sheet, name, "--fields");
    result.columns.push_back(sheet.columns[index]);
    result.columns.back().rank = 0;
    for (std::size_t row = 0; row < sheet.rows.size(); ++row)
      result.rows[row].push_back(sheet.rows[row][index]);
  }
  return result;
}

std::vector<std::size_t> row_order(const Sheet& sheet, std::string_view by) {
  const RowOrder wanted = parse_order(by);
  const std::size_t column = column_index(sheet, wanted.column, "--sort");
  std::vector<std::size_t> order(sheet.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto end = order.end() - (sheet.total && !order.empty() ? 1 : 0);
  std::stable_sort(order.begin(), end, [&](std::size_t a, std::size_t b) {
    const Cell& first = sheet.rows[a][column];
    const Cell& second = sheet.rows[b][column];
    return wanted.descending ? less(second, first) : less(first, second);
  });
  return order;
}

void reorder(Sheet& sheet, const std::vector<std::size_t>& order) {
  std::vector<std::vector<Cell>> rows;
  rows.reserve(order.size());
  for (const std::size_t index : order) rows.push_back(sheet.rows[index]);
  sheet.rows = std::move(rows);
}

}  // namespace demo::ctl
