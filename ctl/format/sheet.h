#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Rows and columns before they become a table, CSV or JSON.
namespace demo::ctl {

enum class Align : std::uint8_t { kLeft, kRight };
constexpr Align kRight = Align::kRight;  // columns of figures

struct Column {
  std::string name;  // lower case, as --fields and --sort take it; the heading is in capitals
  Align align = Align::kLeft;
  // 0: in every table. Higher: shown when the width allows, the lowest first; `wide` and csv have all.
  unsigned rank = 0;
  // At least this wide, so that a table that is redrawn does not move.
  std::size_t width = 0;
  // Sentences: where cells may be cut, these go on over more lines instead.
  bool wraps = false;
  // Says which thing the row is about: where cells may be cut, other columns give way first, unless it is
  // very long.
  bool names = false;
};

struct Cell {
  std::string text;              // as a table shows it
  std::optional<double> number;  // what it sorts by and what json and csv hold; unset: the text
  bool absent = false;           // nothing is known or there is none: null in json, empty in csv

  Cell(std::string shown) : text(std::move(shown)) {}  // NOLINT(google-explicit-constructor)
  Cell(std::string_view shown) : text(shown) {}        // NOLINT(google-explicit-constructor)
  Cell(const char* shown) : text(shown) {}             // NOLINT(google-explicit-constructor)
  Cell(std::string shown, double value) : text(std::move(shown)), number(value) {}
};

// A whole number, shown in full.
Cell count_cell(std::uint64_t value);
// For what a row does not have, or nobody measured.
Cell absent_cell(std::string shown = "-");
// The text, or that there is none.
Cell optional_cell(std::string text);

struct Sheet {
  std::vector<Column> columns = {};
  std::vector<std::vector<Cell>> rows = {};  // each as long as columns
  bool total = false;                        // the last row adds up the others and stays the last
};

// The names of the columns as they stand above them, in capitals.
std::vector<Cell> headings(const Sheet& sheet);

// The columns that are named, in the order of the names. Throws a usage Failure for an unknown name.
Sheet with_fields(const Sheet& sheet, const std::vector<std::string>& names);

// The order of the rows by a column, as parse_order() takes it (format/column_choice.h): indexes into rows,
// equal ones as they were. Throws a usage Failure for an unknown column.
std::vector<std::size_t> row_order(const Sheet& sheet, std::string_view by);

// The rows in the given order.
void reorder(Sheet& sheet, const std::vector<std::size_t>& order);

}  // namespace demo::ctl
