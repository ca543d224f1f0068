#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "supervisor/listening/port_sockets.h"

namespace demo {

// Asks the kernel for lists of this network namespace's TCP sockets, sock_diag(7). Owns the socket that it
// asks on: one that was passed, else its own, which it opens at the first question. Never waits; runs on the
// supervisor's loop.
class SocketDiagnosis {
 public:
  // Asks on this one, which a process before may have left with answers in it. Nobody else asks on it
  // meanwhile. False for what is no such socket: it is closed.
  bool use(UniqueFd passed);
  // For the program after this one; -1: there is none yet.
  int fd() const { return netlink_.get(); }

  // The listening sockets on the port, of 0 those on all ports. None when the kernel does not tell: no socket
  // was passed and address families are restricted, or the kernel has no inet_diag. It walks over all of the
  // host's for each call.
  std::optional<std::vector<PortSocket>> listening_on(std::uint16_t port);
  // The ports with which clients are in the middle of their handshakes, or past them and waited for because
  // of TCP_DEFER_ACCEPT. None when the kernel does not tell.
  std::optional<std::set<std::uint16_t>> ports_with_open_handshakes();

 private:
  std::optional<std::vector<PortSocket>> list(std::uint16_t port, std::uint32_t states);
  bool ask(int family, std::uint16_t port, std::uint32_t states);
  // Reads the answer to its end. False when the kernel refused.
  bool collect(std::vector<PortSocket>& sockets);
  // Reads what is left of answers to questions that nobody read to their end: meanwhile the kernel takes no
  // other question. False when there is still more, and the next call goes on.
  bool empty();

  UniqueFd netlink_;
  // Of the last question: answers have it. Another process counted from another time.
  std::uint32_t question_ = static_cast<std::uint32_t>(monotonic_ns());
};

}  // namespace demo
