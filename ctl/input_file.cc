#include "input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "failure.h"
#include "text/api_sizes.h"
#include "text/cut.h"
#include "text/printable.h"

namespace demo::ctl {
namespace {

// More than the daemon takes of anything.
constexpr std::size_t kMostBytes = 64UL * 1024 * 1024;

Failure unreadable(const std::string& name, int error_number) {
  return usage_failure(
      fmt::format("{} cannot be read: {}", name, std::generic_category().message(error_number)));
}

// Streams throw in the middle of what they read, read(2) says what is wrong.
std::string read_all(int fd, const std::string& name) {
  std::string bytes;
  std::array<char, 16 * 1024> block;
  for (;;) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw unreadable(name, errno);
    if (got == 0) return bytes;
    if (bytes.size() > kMostBytes) {
      throw usage_failure(fmt::format("{} holds more than {} MiB", name, kMostBytes / 1024 / 1024));
    }
    bytes.append(block.data(), static_cast<std::size_t>(got));
  }
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace

std::string read_input(const std::string& path, const std::string& name) {
  const OpenFile file(path);
  if (file.get() < 0) throw unreadable(name, errno);
  return read_all(file.get(), name);
}

std::string read_text(const std::string& path) {
  return path == "-" ? read_all(STDIN_FILENO, name_of_text(path)) : read_input(path);
}

std::string name_of_text(const std::string& path) {
  if (path == "-") return "standard input";
  return text::cut_front(text::printable(path), text::kTextNameBytes);
}

}  // namespace demo::ctl
