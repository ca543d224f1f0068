#include "base/whole_io.h"

#include <unistd.h>

#include <cerrno>

namespace demo {
namespace {

// move takes what is done and gives how much more it did, as write(2).
template <typename Move>
bool move_all(std::size_t size, const Move& move) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t more = move(done);
    if (more < 0 && errno == EINTR) continue;
    if (more == 0) errno = EIO;
    if (more <= 0) return false;
    done += static_cast<std::size_t>(more);
  }
  return true;
}

}  // namespace

bool write_all(int fd, std::string_view bytes) {
  return move_all(bytes.size(),
                  [&](std::size_t done) { return ::write(fd, bytes.data() + done, bytes.size() - done); });
}

bool write_all_at(int fd, std::string_view bytes, std::uint64_t offset) {
  return move_all(bytes.size(), [&](std::size_t done) {
    return ::pwrite(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
  });
}

bool read_all_at(int fd, char* to, std::size_t size, std::uint64_t offset) {
  return move_all(size, [&](std::size_t done) {
    return ::pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
  });
}

}  // namespace demo
