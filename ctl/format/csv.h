#pragma once

#include <string>
#include <vector>

#include "format/sheet.h"

namespace demo::ctl {

// RFC 4180 with "\n" line ends: a line of column names, then a line a row. Figures in full, without unit or
// suffix.
std::string render_csv(const Sheet& sheet);

// One line alone, for output that grows.
std::string csv_heading(const Sheet& sheet);
std::string csv_row(const std::vector<Cell>& row);

// A figure in full: whole numbers without a point, others with up to three digits behind it.
std::string plain_number(double value);

}  // namespace demo::ctl
