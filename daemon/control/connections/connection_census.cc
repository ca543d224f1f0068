#include "control/connections/connection_census.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>

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

ConnectionCensus::Answer ConnectionCensus::admit(int fd, const std::shared_ptr<Visit>& visit,
                                                 std::uint64_t now_ns) {
  const std::uint64_t user = visit->account();
  const bool privileged = shares_.privileged(user);
  if (!has_place(user, privileged) && (!looked_ns_ || now_ns - *looked_ns_ >= kLookAgainNs)) {
    looked_ns_ = now_ns;
    forget_closed();
  }
  const auto inode = socket_inode(fd);
  if (!inode) return {};
  Answer answer;
  if (!has_place(user, privileged)) {
    answer.own = !privileged && count_of(user) >= shares_.of_one;
    answer.open = answer.own ? count_of(user) : entries_.size();
    if (answer.own || !shares_.by_use) return answer;
    answer.displaced = make_room(user, privileged);
    if (!answer.displaced) return answer;
  }
  entries_.push_back({fd, *inode, visit});
  ++counts_[user];
  answer.admitted = true;
  return answer;
}

void ConnectionCensus::cut() {
  forget_closed();
  for (const Entry& entry : entries_) ::shutdown(entry.fd, SHUT_RDWR);
}

std::size_t ConnectionCensus::count_of(std::uint64_t user) const {
  const auto own = counts_.find(user);
  return own == counts_.end() ? 0 : own->second;
}

bool ConnectionCensus::has_place(std::uint64_t user, bool privileged) const {
  if (privileged) return entries_.size() < shares_.most;
  return entries_.size() + shares_.reserved < shares_.most && count_of(user) < shares_.of_one;
}

std::optional<std::uint64_t> ConnectionCensus::make_room(std::uint64_t user, bool privileged) {
  // Two users must not show each other out by turns: afterwards the newcomer's has no more than the other.
  const std::size_t fewer = privileged ? 0 : count_of(user) + 1;
  const Entry* leaves = nullptr;
  std::tuple<std::size_t, Visit::Rest> its;
  for (const Entry& entry : entries_) {
    const std::size_t count = count_of(entry.user());
    if (count <= fewer || (leaves != nullptr && count < std::get<0>(its))) continue;
    const auto rest = entry.visit->rest();
    if (!rest) continue;
    if (leaves != nullptr && count == std::get<0>(its) && *rest >= std::get<1>(its)) continue;
    leaves = &entry;
    its = {count, *rest};
  }
  if (leaves == nullptr) return std::nullopt;
  const std::uint64_t displaced = leaves->user();
  leaves->visit->end();
  --counts_[displaced];
  entries_.erase(entries_.begin() + (leaves - entries_.data()));
  return displaced;
}

void ConnectionCensus::forget_closed() {
  std::erase_if(entries_, [](const Entry& entry) { return socket_inode(entry.fd) != entry.inode; });
  counts_.clear();
  for (const Entry& entry : entries_) ++counts_[entry.user()];
}

}  // namespace demo
