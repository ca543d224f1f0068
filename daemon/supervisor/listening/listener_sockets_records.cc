// Listening sockets from one supervisor to the next.
#include "base/clock.h"
#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/listening/socket_records.h"

namespace demo {

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

std::set<std::string> ListenerSockets::adopt(const internal::v1::Handover& handover,
                                             std::map<std::uint64_t, SharedFd>& sockets, bool of_program) {
  find_renumbered(handover, sockets);
  adopt_passed(handover, sockets, of_program);
  std::set<std::string> lacking;
  for (const internal::v1::SocketGroup& record : handover.groups()) {
    if (!record.interface().empty()) interfaces_.try_emplace(record.interface(), record.interface_index());
    auto group = std::make_unique<SocketGroup>(record, sockets, handshakes_);
    if (group->size() != static_cast<std::size_t>(record.sockets_size())) lacking.insert(record.address());
    if (group->empty()) continue;
    Key key = key_of(group->listener());
    // Sockets of its own are in the way of those that were passed since.
    const bool replaced = passed_.any_of(group->listener()) && !group->has_passed();
    if (replaced && !group->removed()) group->remove({{}, 0, monotonic_ns()});
    if (group->removed()) {
      leaving_.emplace(std::move(key), std::move(group));
    } else {
      groups_.emplace(std::move(key), std::move(group));
    }
  }
  return lacking;
}

void ListenerSockets::record(internal::v1::Handover& handover) const {
  const auto add = [&](const SocketGroup& group) {
    if (group.empty()) return;
    internal::v1::SocketGroup& record = *handover.add_groups();
    group.record(record);
    const auto interface = interfaces_.find(record.interface());
    if (interface != interfaces_.end()) record.set_interface_index(interface->second);
  };
  for (const auto& [key, group] : groups_) add(*group);
  for (const auto& [key, group] : leaving_) add(*group);
  const std::set<int> in_use = fds_in_use();
  for (const PassedSocket& socket : passed_.all()) {
    if (socket.number == 0 || in_use.contains(socket.fd.get())) continue;
    auto& record = *handover.add_passed();
    record.set_number(socket.number);
    record.set_name(socket.name);
  }
}

std::vector<std::pair<std::uint64_t, int>> ListenerSockets::descriptors() const {
  std::vector<std::pair<std::uint64_t, int>> descriptors;
  for (const auto& [key, group] : groups_) group->list_descriptors(descriptors);
  for (const auto& [key, group] : leaving_) group->list_descriptors(descriptors);
  const std::set<int> in_use = fds_in_use();
  for (const PassedSocket& socket : passed_.all()) {
    if (socket.number != 0 && !in_use.contains(socket.fd.get()))
      descriptors.emplace_back(socket.number, socket.fd.get());
  }
  return descriptors;
}

void ListenerSockets::let_go() {
  for (auto& [key, group] : groups_) group->let_go();
  for (auto& [key, group] : leaving_) group->let_go();
}

}  // namespace demo
