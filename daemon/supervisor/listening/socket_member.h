#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/fnv_hash.h"
#include "config/listener.h"
#include "supervisor/listening/accept_duty.h"
#include "supervisor/listening/listener_socket.h"

namespace demo {

// What a listening socket is to its group: see SocketGroup.
enum class SocketPhase : std::uint8_t { kJoining, kActive, kRetiring, kRevoked };

// By what a socket is replaced rather than kept when its listener changes.
struct SocketTraits {
  KernelOptions kernel;  // with the defaults of the listener's mode and of the host
  bool exclusive =
      false;  // how workers wait for it, epoll_ctl(2) EPOLLEXCLUSIVE, is settled when they get it
  bool operator==(const SocketTraits&) const = default;

  static SocketTraits of(const Listener& listener, AcceptMode mode);
  // How long a socket that is no longer selected stays open: connections that were half open then (a
  // handshake under way, or TCP_DEFER_ACCEPT waiting for the first bytes) still arrive in its queue.
  std::uint64_t grace_ns() const;
};

// A listening socket of a group.
struct SocketMember {
  std::uint64_t id = 0;
  ListenerSocket socket;
  std::string passed_as;  // the name that the service manager gave it which made it; empty: none did
  unsigned owner = kEveryWorker;
  SocketTraits traits;  // what it was opened with
  SocketPhase phase = SocketPhase::kJoining;
  bool committed = false;
  std::uint64_t version = 0;  // of the phase: what workers must have put in force
  std::uint64_t since_ns = 0;

  // Whether it is the service manager's too, so that what is done to it is done to what that holds.
  bool is_passed() const { return !passed_as.empty(); }
  // Closes it, also where workers hold it, unless somebody is to have it after this daemon.
  void close();

  // Numbers are never used again, whatever listener a socket is for. On the supervisor's loop alone.
  static std::uint64_t latest_id() { return last_id; }
  static std::uint64_t next_id() { return ++last_id; }
  static void note_id(std::uint64_t id) { last_id = std::max(last_id, id); }

 private:
  inline static std::uint64_t last_id = 0;
};

// Another number where sockets, their order or their phases are others.
inline std::uint64_t digest_of(const std::vector<SocketMember>& members) {
  std::uint64_t digest = kFnvStart;
  for (const SocketMember& member : members) {
    digest = fnv_hash(static_cast<std::uint64_t>(member.phase), fnv_hash(member.id, digest));
  }
  return digest;
}

}  // namespace demo
