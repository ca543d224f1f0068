#include "supervisor/start/log_destination.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/background_log.h"
#include "base/file_access.h"
#include "base/log.h"
#include "base/shortage.h"
#include "base/unique_fd.h"

namespace demo {
namespace {

Error not_writable(const std::string& file, int error_number) {
  const ErrorCode code = error_number == EACCES || error_number == EPERM ? ErrorCode::kPermissionDenied
                         : is_shortage(error_number)                     ? ErrorCode::kResourceExhausted
                                                                         : ErrorCode::kNotFound;
  return {code, fmt::format("cannot write the log file {}: {}", file, errno_text(error_number)), "log_file",
          file};
}

}  // namespace

bool logs_to_journal() {
  const char* const stream = ::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return stream == fmt::format("{}:{}", status.st_dev, status.st_ino);
}

Status open_log(const std::string& file) {
  if (file.empty()) {
    if (logs_to_journal()) set_log_sink(journal_stream_sink);
    return {};
  }
  // Without O_NONBLOCK a FIFO that nobody reads would hold the daemon up; the log's writer may wait for one.
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640));
  if (fd) ::fcntl(fd.get(), F_SETFL, O_APPEND);
  // Descriptor 2 stays open over exec: the workers inherit it.
  if (!fd || ::dup2(fd.get(), STDERR_FILENO) < 0) return not_writable(file, errno);
  on_log_moved(open_own_log());
  return {};
}

Status check_log(const std::string& file) {
  if (file.empty()) return {};
  const int fault = write_fault(file);
  return fault == 0 ? Status() : not_writable(file, fault);
}

}  // namespace demo
