#include "control/control_server.h"

#include <chrono>
#include <utility>
#include <vector>

#include "control/grpc_endpoint.h"

namespace demo {
namespace {

// What a shutdown grants to answers that are being written.
constexpr std::chrono::milliseconds kPatience{1000};

}  // namespace

struct ControlServer::Parts {
  Parts(ControlOptions given, SupervisorApi& api)
      : options(std::move(given)),
        supervisor(api),
        calls(std::make_shared<OpenCalls>(timers)),
        feed(api, timers),
        drains(api, timers) {}

  std::unique_ptr<ControlService> control_service(const Identify& identify) {
    return std::make_unique<ControlService>(supervisor, *calls, drains, identify);
  }
  std::unique_ptr<MonitorService> monitor_service(const Identify& identify) {
    return std::make_unique<MonitorService>(service_parts, identify);
  }
  // Takes the endpoint over, or says why there is none.
  Status take(Result<std::unique_ptr<GrpcEndpoint>> endpoint) {
    if (!endpoint) return endpoint.error();
    endpoints.push_back(*std::move(endpoint));
    return {};
  }
  Status open_control();
  Status open_monitor();
  Status open_tcp();

  const ControlOptions options;
  SupervisorApi& supervisor;
  TimerThread timers;
  const std::shared_ptr<OpenCalls> calls;
  OpenStreams streams;
  StatsFeed feed;
  BackendDrains drains;
  const ServiceParts service_parts{supervisor, *calls, streams, feed, options.version};
  std::vector<std::unique_ptr<GrpcEndpoint>> endpoints;
};

Status ControlServer::Parts::open_control() {
  if (options.control_path.empty()) return {};
  const Identify identify = identify_by_peer_credentials(Role::kAdmin);
  return take(GrpcEndpoint::open_unix(options.control_path, options.control_mode, control_service(identify),
                                      monitor_service(identify)));
}

Status ControlServer::Parts::open_monitor() {
  if (options.monitor_path.empty()) return {};
  if (options.monitor_path == options.control_path) {
    return invalid("monitor", options.monitor_path,
                   "control and monitor socket have the same path: " + options.monitor_path);
  }
  return take(GrpcEndpoint::open_unix(options.monitor_path, options.monitor_mode, nullptr,
                                      monitor_service(identify_by_peer_credentials(Role::kViewer))));
}

Status ControlServer::Parts::open_tcp() {
  if (!options.tcp) return {};
  const Identify identify =
      options.tcp->insecure_everyone_on_this_host_is_admin ? identify_nobody() : identify_by_certificate();
  return take(GrpcEndpoint::open_tcp(*options.tcp, control_service(identify), monitor_service(identify)));
}

Result<std::unique_ptr<ControlServer>> ControlServer::open(ControlOptions options,
                                                           SupervisorApi& supervisor) {
  auto parts = std::make_unique<Parts>(std::move(options), supervisor);
  if (Status opened = parts->open_control(); !opened) return opened.error();
  if (Status opened = parts->open_monitor(); !opened) return opened.error();
  if (Status opened = parts->open_tcp(); !opened) return opened.error();
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(parts)));
}

ControlServer::ControlServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ControlServer::~ControlServer() { shutdown(); }

void ControlServer::shutdown() {
  for (const auto& endpoint : parts_->endpoints) endpoint->close();
  parts_->drains.shutdown();
  parts_->streams.shutdown();
  parts_->calls->shutdown();
  for (const auto& endpoint : parts_->endpoints) endpoint->shutdown(kPatience);
  parts_->streams.wait_until_empty();
  parts_->endpoints.clear();
}

int ControlServer::tcp_port() const {
  for (const auto& endpoint : parts_->endpoints) {
    if (endpoint->port() != 0) return endpoint->port();
  }
  return 0;
}

}  // namespace demo
