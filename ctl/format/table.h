#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "format/sheet.h"

namespace demo::ctl {

struct TableShape {
  std::optional<std::size_t> width = 80;  // columns of the terminal; unset: as wide as it gets, every column
  bool cut =
      false;  // whether cells may be cut when not even the columns of rank 0 fit; otherwise lines get longer
};

// Indexes of the columns that a table of this shape shows.
std::vector<std::size_t> shown_columns(const Sheet& sheet, const TableShape& shape);

// The sheet with headings, columns two spaces apart, no spaces at line ends. A sheet without rows gives the
// headings alone.
std::string render_table(const Sheet& sheet, const TableShape& shape);

// The same as lines, the first one the headings.
std::vector<std::string> table_lines(const Sheet& sheet, const TableShape& shape);

}  // namespace demo::ctl
