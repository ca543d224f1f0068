#include "invocation/console.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "format/text_width.h"
#include "invocation/output_buffer.h"
#include "values/number_text.h"

namespace demo::ctl {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void Console::tell(std::string_view sentence) { err << "democtl: " << printable(sentence) << '\n'; }

void refresh_size(Console& console) {
  winsize size{};
  if (console.terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
      size.ws_row > 0) {
    console.columns = size.ws_col;
    console.rows = size.ws_row;
  } else if (const auto columns = parse_whole(environment("COLUMNS"));
             columns && *columns > 0 && *columns < 10'000) {
    console.columns = *columns;
  } else {
    console.unbounded = !console.terminal;
  }
}

Console standard_console() {
  std::setlocale(LC_CTYPE, "");
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  static OutputBuffer buffer(STDOUT_FILENO, terminal);
  static std::ostream out(&buffer);
  Console console{.out = out, .err = std::cerr, .terminal = terminal};
  console.write_error = [] { return buffer.error(); };
  const std::string_view term = environment("TERM");
  console.redraws = console.terminal && !term.empty() && term != "dumb";
  console.color = console.redraws && environment("NO_COLOR").empty();
  console.unicode = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  refresh_size(console);
  return console;
}

}  // namespace demo::ctl
