#pragma once

#include <memory>

#include "base/result.h"
#include "control/tls/control_tcp_options.h"
#include "supervisor/api/supervisor_api.h"

namespace grpc {
class ServerCredentials;
}

namespace demo {

// With what a TCP endpoint meets its clients: certificates that are read again when their files change, or
// plaintext on loopback. supervisor: is told of the certificates, and outlives what is returned. Error: as
// check_control_tcp().
Result<std::shared_ptr<grpc::ServerCredentials>> tcp_credentials(const ControlTcpOptions& options,
                                                                 SupervisorApi& supervisor);

// What is wrong with a TCP endpoint before anything is bound: plaintext beyond loopback, certificates that
// are missing, cannot be read or do not belong together.
Status check_control_tcp(const ControlTcpOptions& options);

}  // namespace demo
