#include "format/joined_sheet.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace demo::ctl {
namespace {

constexpr const char* kKind = "kind";

std::optional<std::size_t> place_of(const std::vector<Column>& columns, const std::string& name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

// Before the next column of the sheet that is there already, so that related ones stand together.
void add_columns(std::vector<Column>& columns, const Sheet& sheet) {
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    if (place_of(columns, sheet.columns[i].name)) continue;
    std::size_t place = columns.size();
    for (std::size_t next = i + 1; next < sheet.columns.size() && place == columns.size(); ++next) {
      place = place_of(columns, sheet.columns[next].name).value_or(place);
    }
    columns.insert(columns.begin() + static_cast<std::ptrdiff_t>(place), sheet.columns[i]);
  }
}

bool has_all(const Sheet& sheet, const std::vector<std::string>& fields) {
  return std::all_of(fields.begin(), fields.end(), [&](const std::string& name) {
    return name == kKind || place_of(sheet.columns, name).has_value();
  });
}

bool has_any(const Sheet& sheet, const std::vector<std::string>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const std::string& name) { return place_of(sheet.columns, name).has_value(); });
}

template <typename Has>
std::vector<NamedSheet> those_that(Has has, const std::vector<NamedSheet>& sheets,
                                   const std::vector<std::string>& fields) {
  std::vector<NamedSheet> having;
  std::copy_if(sheets.begin(), sheets.end(), std::back_inserter(having),
               [&](const NamedSheet& named) { return has(named.sheet, fields); });
  return having;
}

}  // namespace

Sheet joined_sheet(const std::vector<NamedSheet>& sheets) {
  Sheet joined;
  for (const NamedSheet& named : sheets) add_columns(joined.columns, named.sheet);
  joined.columns.insert(joined.columns.begin(), {kKind});
  for (const auto& [kind, sheet] : sheets) {
    for (const std::vector<Cell>& cells : sheet.rows) {
      std::vector<Cell> row(joined.columns.size(), absent_cell(""));
      row.front() = kind;
      for (std::size_t column = 0; column < sheet.columns.size(); ++column) {
        row[*place_of(joined.columns, sheet.columns[column].name)] = cells[column];
      }
      joined.rows.push_back(std::move(row));
    }
  }
  return joined;
}

Sheet sheet_with(const std::vector<NamedSheet>& sheets, const std::vector<std::string>& fields) {
  if (fields.empty()) return joined_sheet(sheets);
  std::vector<NamedSheet> having = those_that(has_all, sheets, fields);
  // A row of a sheet that has none of them would be empty.
  if (having.empty()) return joined_sheet(those_that(has_any, sheets, fields));
  const bool kinds = std::find(fields.begin(), fields.end(), kKind) != fields.end();
  return kinds ? joined_sheet(having) : std::move(having.front().sheet);
}

}  // namespace demo::ctl
