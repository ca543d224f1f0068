#pragma once

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

namespace demo::ctl {

// Where a command writes and what that place can show.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;  // out is a terminal
  std::size_t columns = 80;
  // Neither a terminal nor COLUMNS says how wide a table may be: it takes what it needs.
  bool unbounded = false;
  std::size_t rows = 24;
  bool redraws = false;                // a terminal that can draw in place
  bool color = false;                  // a terminal that has colors, and no NO_COLOR
  bool unicode = false;                // the locale is UTF-8
  std::function<int()> write_error{};  // errno of the write of out that failed; unset: nobody knows
  std::string untold{};  // what is to be said where out cannot be written, such as that a change was made

  // A line for people on standard error, after the program's name; what a terminal would obey is escaped.
  void tell(std::string_view sentence);
};

// The process's own: standard output and error, COLUMNS, TERM, NO_COLOR (no-color.org), the locale.
Console standard_console();

// A variable of the environment; empty when it is not set. Valid until the environment changes.
std::string_view environment(const char* name);

// Asks the terminal for its size again.
void refresh_size(Console& console);

}  // namespace demo::ctl
