// Listening sockets from one supervisor to the next.
#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/listener_sockets.h"

namespace demo {

std::set<std::string> ListenerSockets::adopt(const internal::v1::Handover& handover,
                                             std::map<std::uint64_t, SharedFd>& sockets) {
  std::set<std::string> lacking;
  for (const internal::v1::SocketGroup& record : handover.groups()) {
    if (!record.interface().empty()) interfaces_.try_emplace(record.interface(), record.interface_index());
    auto group = std::make_unique<SocketGroup>(record, sockets, handshakes_);
    if (group->size() != static_cast<std::size_t>(record.sockets_size())) lacking.insert(record.address());
    if (group->empty()) continue;
    Key key = key_of(group->listener());
    if (group->removed()) {
      leaving_.emplace_back(std::move(key), std::move(group));
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
}

std::vector<std::pair<std::uint64_t, int>> ListenerSockets::descriptors() const {
  std::vector<std::pair<std::uint64_t, int>> descriptors;
  for (const auto& [key, group] : groups_) group->list_descriptors(descriptors);
  for (const auto& [key, group] : leaving_) group->list_descriptors(descriptors);
  return descriptors;
}

void ListenerSockets::let_go() {
  for (auto& [key, group] : groups_) group->let_go();
  for (auto& [key, group] : leaving_) group->let_go();
}

}  // namespace demo
