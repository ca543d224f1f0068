#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "control/admission/role.h"
#include "supervisor/api/supervisor_api.h"

namespace grpc {
class ServerContextBase;
}

namespace demo {

class ClientRelay;
class Visit;

// Who calls on an endpoint, and what the endpoint lets that caller do. Called at the start of a call, on any
// thread.
struct Identity {
  Caller caller;
  std::optional<Role> role;                // unset: nothing at all
  std::shared_ptr<Visit> visit = nullptr;  // on a unix socket, else null
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
Status authorise(const Identity& identity, Role needed);

}  // namespace demo
