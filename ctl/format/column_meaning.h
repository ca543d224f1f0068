#pragma once

#include <span>
#include <string_view>

namespace demo::ctl {

// What the cells of a column hold.
struct ColumnMeaning {
  std::string_view name;     // as --fields takes it
  std::string_view meaning;  // a clause, lower case, no full stop; with the unit where there is one
};

// Of every column of every table, by name. Help, man page and the tests read it.
std::span<const ColumnMeaning> column_meanings();

}  // namespace demo::ctl
