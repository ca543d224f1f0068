#include "control/connections/connection_census.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>

namespace demo {
namespace {

// A look at 2,048 sockets takes about half a millisecond.
constexpr std::uint64_t kLookAgainNs = 10'000'000;

std::optional<ino_t> socket_inode(int fd) {
  struct stat found {};
  if (::fstat(fd, &found) != 0 || !S_ISSOCK(found.st_mode)) return std::nullopt;
  return found.st_ino;
}

}  // namespace

std::optional<uid_t> ConnectionCensus::admit(int fd, std::uint64_t now_ns) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  if (!has_place(peer.uid) && (!looked_ns_ || now_ns - *looked_ns_ >= kLookAgainNs)) {
    looked_ns_ = now_ns;
    forget_closed();
  }
  if (!has_place(peer.uid)) return std::nullopt;
  const auto inode = socket_inode(fd);
  if (!inode) return std::nullopt;
  entries_.push_back({fd, *inode, peer.uid});
  ++counts_[peer.uid];
  return peer.uid;
}

void ConnectionCensus::cut() {
  forget_closed();
  for (const Entry& entry : entries_) ::shutdown(entry.fd, SHUT_RDWR);
}

bool ConnectionCensus::has_place(uid_t user) const {
  const auto own = counts_.find(user);
  return entries_.size() < most_ && (own == counts_.end() || own->second < most_of_one_);
}

void ConnectionCensus::forget_closed() {
  std::erase_if(entries_, [](const Entry& entry) { return socket_inode(entry.fd) != entry.inode; });
  counts_.clear();
  for (const Entry& entry : entries_) ++counts_[entry.user];
}

}  // namespace demo
