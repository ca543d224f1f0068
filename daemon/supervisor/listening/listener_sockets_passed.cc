// Listening sockets that the service manager made.
#include <sys/socket.h>

#include <utility>

#include "supervisor/listening/listener_sockets.h"

namespace demo {

void ListenerSockets::take_passed(std::vector<std::pair<std::string, UniqueFd>> passed) {
  for (auto& [name, fd] : passed) passed_.take(name, std::move(fd));
}

std::set<int> ListenerSockets::fds_in_use() const {
  std::vector<std::pair<std::uint64_t, int>> members;
  if (!passed_.all().empty()) {
    for (const auto& [key, group] : groups_) group->list_descriptors(members);
    for (const auto& [key, group] : leaving_) group->list_descriptors(members);
  }
  std::set<int> fds;
  for (const auto& [number, fd] : members) fds.insert(fd);
  return fds;
}

void ListenerSockets::hold_off_unused() {
  const std::set<int> in_use = fds_in_use();
  for (PassedSocket& socket : passed_.all()) {
    if (socket.number == 0) socket.number = SocketMember::next_id();
    const bool unused = !in_use.contains(socket.fd.get());
    if (unused && !socket.held_off) {
      hold_off(socket.fd.get(), socket.address);
      // Nobody will serve who came before, and the manager would start the daemon again for them.
      empty_queue(socket.fd.get());
    }
    socket.held_off = unused;
  }
}

void ListenerSockets::close_all() {
  for (auto& [key, group] : groups_) {
    if (!group->has_passed()) group->refuse();
  }
  groups_.clear();
  leaving_.clear();
  // Whoever comes now has the manager start the daemon again.
  for (const PassedSocket& socket : passed_.all()) let_in(socket.fd.get(), socket.address, SOMAXCONN);
}

}  // namespace demo
