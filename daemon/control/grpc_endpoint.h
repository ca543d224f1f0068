#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/named_fds.h"
#include "base/result.h"
#include "control/endpoint_services.h"
#include "control/tls/control_tcp_options.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

class ClientRelay;

// Where a unix socket is served, and by what name its descriptors are kept.
struct UnixPlace {
  const char* name;
  std::string path;
  mode_t mode;  // of the file
};

// One address where the API is served: a gRPC server with its own services. Owns its server, socket and
// threads.
class GrpcEndpoint {
 public:
  // relay and supervisor, which is told of clients that are refused, outlive the endpoint.
  // kept: what release() gave to an endpoint of the same name; taken out.
  static Result<std::unique_ptr<GrpcEndpoint>> open_unix(const UnixPlace& place, NamedFds& kept,
                                                         EndpointServices services, ClientRelay& relay,
                                                         SupervisorApi& supervisor);
  // supervisor: is told of the certificates too, and outlives the endpoint. Error: see ControlServer::open().
  static Result<std::unique_ptr<GrpcEndpoint>> open_tcp(const ControlTcpOptions& options, NamedFds& kept,
                                                        SupervisorApi& supervisor, EndpointServices services);
  virtual ~GrpcEndpoint() = default;

  // No further connections, and health says so; what is under way goes on.
  virtual void close() = 0;
  // The same, but who connects from now on waits for the endpoint that goes on with what is put here.
  virtual void release(NamedFds& kept) = 0;
  // Waits for the calls under way and ends those that take longer; but gRPC waits for a client that reads
  // nothing, too, until cut(). Nothing happens when it was done.
  virtual void shutdown(std::chrono::milliseconds patience) = 0;
  // Ends all connections, whatever is under way on them. After close(), on any thread.
  virtual void cut() = 0;
  // 0 for a unix socket.
  virtual int port() const = 0;
};

}  // namespace demo
