#include "base/result.h"

#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace demo {

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  // A log that stands still must not keep a broken process alive.
  pollfd log{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&log, 1, 0) > 0) {
    std::fprintf(stderr, "%s:%u: value of a failed result: %s\n", where.file_name(),
                 static_cast<unsigned>(where.line()), error.message.c_str());
  }
  std::abort();
}

std::string errno_text(int error_number) { return std::generic_category().message(error_number); }

}  // namespace demo
