#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "config/listener.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// TCP_DEFER_ACCEPT of a listener that does not say: one second where nothing is answered before the client's
// first bytes, so that a connection is accepted together with its request; none for tcp, where the server may
// speak first.
std::optional<int> effective_defer_accept_s(const Listener& listener);

// IPV6_V6ONLY of an IPv6 listener: what it says, else the host's default (net.ipv6.bindv6only) when the
// daemon first asks. None for other addresses, v4-mapped ones included.
std::optional<bool> effective_v6only(const Listener& listener);

// Sets what has to be in force before bind(2) and listen(2), reads each option back and adds it to the
// reports. A refused option is reported and no error, except for the interface: a listener must not be
// reachable from elsewhere. Error: kFailedPrecondition.
Status apply_socket_options(int socket, const Listener& listener, std::vector<SocketOptionReport>& reports);

// The same for a socket that listens already, which somebody else made: what cannot be set any more and is
// not as it is asked for is reported.
std::vector<SocketOptionReport> set_options_again(int socket, const Listener& listener);

// The backlog as the kernel caps it, net.core.somaxconn, after listen(2).
SocketOptionReport report_backlog(int requested);

}  // namespace demo
