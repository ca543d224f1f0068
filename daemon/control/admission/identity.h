#pragma once

#include <functional>
#include <optional>

#include "base/result.h"
#include "control/admission/role.h"
#include "supervisor/api/supervisor_api.h"

namespace grpc {
class ServerContextBase;
}

namespace demo {

class ClientRelay;

// Who calls on an endpoint, and what the endpoint lets that caller do. Called at the start of a call, on any
// thread.
struct Identity {
  Caller caller;
  std::optional<Role> role;  // unset: nothing at all
};
using Identify = std::function<Identity(const grpc::ServerContextBase&)>;

// A unix socket: whoever the file's mode lets connect has the role; who it is, the kernel says (SO_PEERCRED).
// relay: of its connections, outlives what is returned.
Identify identify_by_peer_credentials(Role role, const ClientRelay& relay);
// Mutual TLS: by control/admission/certificate_role.h.
Identify identify_by_certificate();
// Plaintext on loopback: everyone is admin, nobody is known.
Identify identify_nobody();

// kPermissionDenied when the caller's role is less than needed.
Result<Caller> authorise(const Identify& identify, const grpc::ServerContextBase& context, Role needed);

}  // namespace demo
