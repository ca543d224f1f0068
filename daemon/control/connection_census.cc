#include "control/connection_census.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
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
  ucred peer{};
  socklen_t size = sizeof peer;
  if (!inode || ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  if (!has_room(peer.uid)) forget_closed();
  if (!has_room(peer.uid)) return false;
  entries_.push_back({fd, *inode, peer.uid});
  return true;
}

void ConnectionCensus::cut() {
  forget_closed();
  for (const Entry& entry : entries_) ::shutdown(entry.fd, SHUT_RDWR);
}

bool ConnectionCensus::has_room(uid_t user) const {
  const auto same = std::count_if(entries_.begin(), entries_.end(),
                                  [user](const Entry& entry) { return entry.user == user; });
  return entries_.size() < most_ && static_cast<std::size_t>(same) < most_of_one_;
}

void ConnectionCensus::forget_closed() {
  std::erase_if(entries_, [](const Entry& entry) { return socket_inode(entry.fd) != entry.inode; });
}

}  // namespace demo
