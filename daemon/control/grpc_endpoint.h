#pragma once

#include <grpcpp/server.h>

#include <chrono>
#include <memory>

#include "base/result.h"
#include "control/control_options.h"
#include "control/control_service.h"
#include "control/monitor_service.h"
#include "control/unix_doorman.h"

namespace demo {

// One address where the API is served: a gRPC server with its own services, health checking (grpc.health.v1)
// and reflection, of these services only. Owns its server, socket and threads.
class GrpcEndpoint {
 public:
  // The services offered: control is null where only Monitor is.
  static Result<std::unique_ptr<GrpcEndpoint>> open_unix(const std::string& path, mode_t mode,
                                                         std::unique_ptr<ControlService> control,
                                                         std::unique_ptr<MonitorService> monitor);
  // Error: see ControlServer::open().
  static Result<std::unique_ptr<GrpcEndpoint>> open_tcp(const ControlTcpOptions& options,
                                                        std::unique_ptr<ControlService> control,
                                                        std::unique_ptr<MonitorService> monitor);
  GrpcEndpoint(const GrpcEndpoint&) = delete;
  GrpcEndpoint& operator=(const GrpcEndpoint&) = delete;
  ~GrpcEndpoint();

  // No further connections, and health says so; what is under way goes on.
  void close();
  // Waits for the calls under way, and cuts off those that take longer.
  void shutdown(std::chrono::milliseconds patience);
  // 0 for a unix socket.
  int port() const { return port_; }

 private:
  GrpcEndpoint(std::unique_ptr<ControlService> control, std::unique_ptr<MonitorService> monitor)
      : control_(std::move(control)), monitor_(std::move(monitor)) {}
  // Adds address when it is not empty. False when it cannot be served.
  bool start(const std::string& address, std::shared_ptr<grpc::ServerCredentials> credentials);

  const std::unique_ptr<ControlService> control_;
  const std::unique_ptr<MonitorService> monitor_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<UnixDoorman> doorman_;  // null for TCP
  int port_ = 0;
};

// What the certificates and the address of a TCP endpoint must be, checked before it is served. In
// tcp_credentials.cc.
Result<std::shared_ptr<grpc::ServerCredentials>> tcp_credentials(const ControlTcpOptions& options);

}  // namespace demo
