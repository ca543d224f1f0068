// Listening sockets that the service manager made.
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/listener_sockets.h"

namespace demo {

void ListenerSockets::take_passed(std::vector<std::pair<std::string, UniqueFd>> passed) {
  for (auto& [name, fd] : passed) passed_.take(name, std::move(fd));
}

// The manager passes those that no listener uses to each process; one that it does not pass any more goes.
// Those that a listener uses stay, whether it does or not: nobody else could serve who comes.
void ListenerSockets::adopt_passed(const internal::v1::Handover& handover,
                                   std::map<std::uint64_t, SharedFd>& sockets, bool of_program) {
  for (const internal::v1::SocketGroup& group : handover.groups()) {
    for (const auto& socket : group.sockets()) {
      const auto found = sockets.find(socket.number());
      if (socket.passed_as().empty() || found == sockets.end()) continue;
      passed_.keep(socket.passed_as(), found->second, 0);
    }
  }
  for (const internal::v1::Handover::PassedSocket& socket : handover.passed()) {
    SocketMember::note_id(socket.number());
    const auto taken = sockets.extract(socket.number());
    if (of_program && !taken.empty()) passed_.keep(socket.name(), taken.mapped(), socket.number());
  }
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
