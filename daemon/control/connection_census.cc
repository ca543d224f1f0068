#include "control/connection_census.h"

#include <sys/stat.h>

#include <optional>

namespace demo {
namespace {

std::optional<ino_t> socket_inode(int fd) {
  struct stat found {};
  if (::fstat(fd, &found) != 0 || !S_ISSOCK(found.st_mode)) return std::nullopt;
  return found.st_ino;
}

}  // namespace

bool ConnectionCensus::admit(int fd) {
  const auto inode = socket_inode(fd);
  if (!inode) return false;
  if (entries_.size() >= most_) forget_closed();
  if (entries_.size() >= most_) return false;
  entries_.push_back({fd, *inode});
  return true;
}

void ConnectionCensus::forget_closed() {
  std::erase_if(entries_, [](const Entry& entry) { return socket_inode(entry.fd) != entry.inode; });
}

}  // namespace demo
