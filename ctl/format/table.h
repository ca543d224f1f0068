#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "format/sheet.h"

namespace demo::ctl {

struct TableShape {
  std::optional<std::size_t> width = 80;  // columns of the terminal; unset: as wide as it gets, every column
  // Whether no line may be longer. Figures of rank 0 are left out then, the last first, before a cell is cut.
  bool cut = false;
};

// Indexes of the columns that a table of this shape shows.
std::vector<std::size_t> shown_columns(const Sheet& sheet, const TableShape& shape);

// How wide a table of this shape is.
std::size_t table_width(const Sheet& sheet, const TableShape& shape);

// The sheet with headings, columns two spaces apart, no spaces at line ends. A sheet without rows gives the
// headings alone.
std::string render_table(const Sheet& sheet, const TableShape& shape);

// The same as lines of the headings and of each row: more than one where a cell is wrapped.
std::vector<std::vector<std::string>> table_rows(const Sheet& sheet, const TableShape& shape);

// The same, line after line.
std::vector<std::string> table_lines(const Sheet& sheet, const TableShape& shape);

}  // namespace demo::ctl
