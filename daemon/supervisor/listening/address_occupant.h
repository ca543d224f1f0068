#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/listen_overlap.h"
#include "config/listener.h"
#include "supervisor/listening/port_sockets.h"
#include "supervisor/listening/socket_diagnosis.h"

namespace demo {

// A listening socket of this daemon.
struct OwnSocket {
  ListenClaim claim;
  std::string listener;  // its address as configured
};
// By inode number, as fstat(2) and the kernel's lists of sockets have it.
using OwnSockets = std::map<std::uint64_t, OwnSocket>;

// What the listener's sockets claim; the interface's index is 0 when there is none of that name.
ListenClaim claim_of(const Listener& listener);

// Whether another program listens where the listener is to, for a TCP address with a port. The kernel alone
// would let programs of one user share it (SO_REUSEPORT). there: on that port, or on all. Error,
// kAlreadyExists: names program and address. Where the kernel does not list sockets: as probe_address(),
// unless one of our own is in the way of that.
Status reject_foreign(const Listener& listener, const std::optional<std::vector<PortSocket>>& there,
                      const OwnSockets& own);

// Why the kernel refused the address as in use (EADDRINUSE): another program, our own listener, or neither.
Error name_occupant(const Listener& listener, const OwnSockets& own, SocketDiagnosis& diagnosis);

}  // namespace demo
