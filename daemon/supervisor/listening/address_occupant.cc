#include "supervisor/listening/address_occupant.h"

#include <fmt/format.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "supervisor/listening/listener_socket.h"
#include "supervisor/listening/socket_holder.h"
#include "supervisor/listening/socket_options.h"

namespace demo {
namespace {

Error occupied(const Listener& listener, const std::string& why) {
  const std::string text = listener.address.to_string();
  return {ErrorCode::kAlreadyExists, fmt::format("cannot listen on {}: {}", text, why), "listener.address",
          text};
}

Error occupied_by(const Listener& listener, const PortSocket& socket) {
  const std::string where = socket.claim.address.to_string();
  const auto holder = find_holder(socket.inode);
  if (!holder) {
    return occupied(listener,
                    fmt::format("another program, of user {}, listens on {}; stop it or choose another "
                                "address",
                                socket.uid, where));
  }
  if (holder->pid == ::getpid()) {
    return occupied(listener, fmt::format("this daemon itself listens on {}, for its control API", where));
  }
  return occupied(listener,
                  fmt::format("another program listens on {}: {}, process {}; stop it or choose another "
                              "address",
                              where, holder->name, holder->pid));
}

// The first one in the way that is not ours; null when there is none.
const PortSocket* find_foreign(const std::vector<PortSocket>& sockets, const ListenClaim& claim,
                               const OwnSockets& own) {
  const auto found = std::find_if(sockets.begin(), sockets.end(), [&](const PortSocket& socket) {
    return !own.contains(socket.inode) && overlaps(socket.claim, claim);
  });
  return found == sockets.end() ? nullptr : &*found;
}

const OwnSocket* find_own(const ListenClaim& claim, const OwnSockets& own) {
  const auto found = std::find_if(own.begin(), own.end(),
                                  [&](const auto& entry) { return overlaps(entry.second.claim, claim); });
  return found == own.end() ? nullptr : &found->second;
}

}  // namespace

ListenClaim claim_of(const Listener& listener) {
  const std::string& interface = listener.kernel.interface;
  return {listener.address, effective_v6only(listener).value_or(false),
          interface.empty() ? 0U : ::if_nametoindex(interface.c_str())};
}

Status reject_foreign(const Listener& listener, const std::optional<std::vector<PortSocket>>& there,
                      const OwnSockets& own) {
  const ListenClaim claim = claim_of(listener);
  if (!there) return find_own(claim, own) != nullptr ? Status() : probe_address(listener);
  const PortSocket* const foreign = find_foreign(*there, claim, own);
  if (foreign != nullptr) return occupied_by(listener, *foreign);
  return {};
}

Error name_occupant(const Listener& listener, const OwnSockets& own, SocketDiagnosis& diagnosis) {
  const ListenClaim claim = claim_of(listener);
  const auto sockets = diagnosis.listening_on(listener.address.port());
  if (sockets) {
    if (const PortSocket* const foreign = find_foreign(*sockets, claim, own))
      return occupied_by(listener, *foreign);
  }
  if (const OwnSocket* const ours = find_own(claim, own)) {
    return occupied(listener, fmt::format("this daemon's own listener {} has it", ours->listener));
  }
  // Whoever could not look knows no more than the kernel said.
  if (!sockets) return listen_error(listener.address, EADDRINUSE);
  return occupied(listener,
                  "the port is in use, though nobody listens on it: a connection or a bound socket has it");
}

}  // namespace demo
