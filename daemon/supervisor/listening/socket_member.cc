#include "supervisor/listening/socket_member.h"

#include <chrono>

#include "base/limits.h"
#include "supervisor/listening/listening_end.h"
#include "supervisor/listening/socket_options.h"

namespace demo {

SocketTraits SocketTraits::of(const Listener& listener, AcceptMode mode) {
  SocketTraits traits{listener.kernel, mode == AcceptMode::kExclusive};
  traits.kernel.defer_accept_s = effective_defer_accept_s(listener);
  traits.kernel.v6only = effective_v6only(listener);
  return traits;
}

std::uint64_t SocketTraits::grace_ns() const {
  const std::chrono::nanoseconds grace =
      limits::kSocketRetireGrace + std::chrono::seconds(kernel.defer_accept_s.value_or(0));
  return static_cast<std::uint64_t>(grace.count());
}

void SocketMember::close() {
  socket.name.remove();
  if (is_passed()) {
    socket.fd.reset();
  } else {
    end_listening(socket.fd);
  }
}

}  // namespace demo
