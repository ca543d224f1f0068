#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "control/endpoint_services.h"
#include "control/tls/control_tcp_options.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

class ClientRelay;

// One address where the API is served: a gRPC server with its own services. Owns its server, socket and
// threads.
class GrpcEndpoint {
 public:
  // relay and supervisor, which is told of clients that are refused, outlive the endpoint.
  static Result<std::unique_ptr<GrpcEndpoint>> open_unix(const std::string& path, mode_t mode,
                                                         EndpointServices services, ClientRelay& relay,
                                                         SupervisorApi& supervisor);
  // supervisor: is told of the certificates too, and outlives the endpoint. Error: see ControlServer::open().
  static Result<std::unique_ptr<GrpcEndpoint>> open_tcp(const ControlTcpOptions& options,
                                                        SupervisorApi& supervisor, EndpointServices services);
  virtual ~GrpcEndpoint() = default;

  // No further connections, and health says so; what is under way goes on.
  virtual void close() = 0;
  // Waits for the calls under way and ends those that take longer; but gRPC waits for a client that reads
  // nothing, too, until cut(). Nothing happens when it was done.
  virtual void shutdown(std::chrono::milliseconds patience) = 0;
  // Ends all connections, whatever is under way on them. After close(), on any thread.
  virtual void cut() = 0;
  // 0 for a unix socket.
  virtual int port() const = 0;
};

}  // namespace demo
