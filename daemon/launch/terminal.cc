#include "launch/terminal.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/error_lines.h"
#include "base/printable.h"
#include "launch/exit_status.h"

namespace demo {

int complain(const Error& error, int status) {
  std::string text;
  for (const std::string& line : lines_of(error)) {
    text += (text.empty() ? "demo-server: " : "") + printable(line) + "\n";
  }
  std::fputs(text.c_str(), stderr);
  return status;
}

int say(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return 0;
  std::fputs(fmt::format("demo-server: standard output cannot be written: {}\n",
                         std::generic_category().message(errno))
                 .c_str(),
             stderr);
  return kFailure;
}

}  // namespace demo
