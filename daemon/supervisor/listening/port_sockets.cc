#include "supervisor/listening/port_sockets.h"

#include <utility>

#include "supervisor/listening/socket_diagnosis.h"

namespace demo {

ListeningCensus::ListeningCensus(SocketDiagnosis& diagnosis) {
  auto sockets = diagnosis.listening_on(0);
  told_ = sockets.has_value();
  if (!told_) return;
  for (PortSocket& socket : *sockets) {
    by_port_[socket.claim.address.port()].push_back(std::move(socket));
  }
}

std::optional<std::vector<PortSocket>> ListeningCensus::on(std::uint16_t port) const {
  if (!told_) return std::nullopt;
  const auto found = by_port_.find(port);
  return found == by_port_.end() ? std::vector<PortSocket>() : found->second;
}

}  // namespace demo
