// Listening sockets that the service manager made.
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "supervisor/listening/listener_sockets.h"

namespace demo {

void ListenerSockets::take_passed(std::vector<std::pair<std::string, UniqueFd>> passed) {
  for (auto& [name, fd] : passed) passed_.take(name, std::move(fd));
}

bool ListenerSockets::is_used(const PassedSocket& socket) const {
  return std::ranges::any_of(groups_, [&](const auto& entry) { return entry.second->has(socket.fd); }) ||
         std::ranges::any_of(leaving_, [&](const auto& entry) { return entry.second->has(socket.fd); });
}

void ListenerSockets::hold_off_unused() {
  for (PassedSocket& socket : passed_.all()) {
    if (socket.number == 0) socket.number = SocketMember::next_id();
    const bool unused = !is_used(socket);
    if (unused && !socket.held_off) {
      hold_off(socket.fd.get(), socket.address);
      // Nobody will serve who came before, and the manager would start the daemon again for them.
      empty_queue(socket.fd.get());
    }
    socket.held_off = unused;
  }
}

// The one that the kernel lets in would wait for ever, and at the end have the manager start the daemon
// again.
void ListenerSockets::turn_away_strays() {
  for (const PassedSocket& socket : passed_.all()) {
    if (socket.held_off && socket.address.is_unix()) empty_queue(socket.fd.get());
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
