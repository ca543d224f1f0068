#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <memory>
#include <optional>

#include "base/result.h"
#include "control/connections/client_relay.h"
#include "control/connections/doorman.h"
#include "control/connections/socket_file.h"
#include "control/connections/tcp_socket.h"
#include "control/control_options.h"
#include "control/monitor/monitor_service.h"
#include "control/services/control_service.h"
#include "control/services/health_service.h"
#include "control/services/reflection_service.h"

namespace demo {

// What one endpoint serves.
struct EndpointServices {
  std::unique_ptr<ControlService> control;  // null where only Monitor is
  std::unique_ptr<MonitorService> monitor;
  std::unique_ptr<HealthService> health;
  std::unique_ptr<ReflectionService> reflection;
};

// One address where the API is served: a gRPC server with its own services. Owns its server, socket and
// threads.
class GrpcEndpoint {
 public:
  // relay: outlives the endpoint.
  static Result<std::unique_ptr<GrpcEndpoint>> open_unix(const std::string& path, mode_t mode,
                                                         EndpointServices services, ClientRelay& relay);
  // supervisor: is told of the certificates, and outlives the endpoint. Error: see ControlServer::open().
  static Result<std::unique_ptr<GrpcEndpoint>> open_tcp(const ControlTcpOptions& options,
                                                        SupervisorApi& supervisor, EndpointServices services);
  GrpcEndpoint(const GrpcEndpoint&) = delete;
  GrpcEndpoint& operator=(const GrpcEndpoint&) = delete;
  ~GrpcEndpoint();

  // No further connections, and health says so; what is under way goes on.
  void close();
  // Waits for the calls under way and ends those that take longer; but gRPC waits for a client that reads
  // nothing, too, until cut(). Nothing happens when it was done.
  void shutdown(std::chrono::milliseconds patience);
  // Ends all connections, whatever is under way on them. After close(), on any thread.
  void cut();
  // 0 for a unix socket.
  int port() const { return tcp_.port; }

 private:
  explicit GrpcEndpoint(EndpointServices services) : services_(std::move(services)) {}
  // credentials: of TCP connections; null for a unix socket.
  Status start(const std::string& name, std::shared_ptr<grpc::ServerCredentials> credentials);
  Status admit(int socket, const std::string& name, Doorman::Rules rules, Doorman::Pass pass);

  const EndpointServices services_;
  std::optional<SocketFile> file_;                                            // of a unix socket
  TcpSocket tcp_;                                                             // empty for a unix socket
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;  // for TCP, else null
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Doorman> doorman_;
};

}  // namespace demo
