#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/shared_fd.h"
#include "config/listener.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/listening/unix_name.h"

namespace demo {

// A socket that listens, what it is bound to, and what became of its options.
struct ListenerSocket {
  SharedFd fd;    // with messages that pass it to workers
  UnixName name;  // of a unix socket, without its path until publish(); goes before fd is closed
  Address bound;  // port 0 replaced
  std::vector<SocketOptionReport> options;
};

// Whether somebody else already listens on the address: sockets of this daemon share theirs (SO_REUSEPORT),
// so the kernel alone would let a second daemon of the same user join silently. A unix path that nobody
// answers on is free. Error: what open_listener_socket() would say.
Status probe_address(const Listener& listener);

// Opens, configures, binds and listens: SO_REUSEPORT always, so that sockets of every accept mode may follow
// each other without a gap; a unix socket does not have its path yet. bind_to is the listener's address, or
// the same with the port that its group already has. Error, one sentence with field listener.address:
// kAlreadyExists for a busy address, kFailedPrecondition for an absent one, kPermissionDenied,
// kResourceExhausted, or as apply_socket_options().
Result<ListenerSocket> open_listener_socket(const Listener& listener, const Address& bind_to);

// What the socket, which was bound to bind_to, is bound to: port 0 replaced. Nothing, and errno, where the
// kernel does not tell.
std::optional<Address> bound_address(int socket, const Address& bind_to);

// What errno stands for on this address, as a sentence with field listener.address.
Error listen_error(const Address& address, int error_number);

// Whether connections wait in the accept queue.
bool has_waiting_connection(int socket);

}  // namespace demo
