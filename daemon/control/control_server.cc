#include "control/control_server.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "control/calls/open_streams.h"
#include "control/connections/client_relay.h"
#include "control/connections/socket_file.h"
#include "control/endpoint_services.h"
#include "control/grpc_endpoint.h"

namespace demo {

struct ControlServer::Parts {
  Parts(ControlOptions given, SupervisorApi& api)
      : options(std::move(given)),
        supervisor(api),
        calls(std::make_shared<OpenCalls>(timers)),
        feed(api, ticks),
        desk(std::make_shared<ReportDesk>(api)) {}
  // Also of a server that could not open all it should: what calls meanwhile waits for nothing.
  ~Parts() { shutdown(kPatience); }

  Gate& gate(const char* endpoint, Identify identify) {
    gates.push_back(std::make_unique<Gate>(endpoint, std::move(identify)));
    return *gates.back();
  }
  // with_control: or Monitor without it.
  EndpointServices services(Gate& gate, bool with_control);
  // Takes the endpoint over, or says why there is none.
  Status take(Result<std::unique_ptr<GrpcEndpoint>> endpoint) {
    if (!endpoint) return endpoint.error();
    endpoints.push_back(*std::move(endpoint));
    return {};
  }
  Status open_control(NamedFds& kept);
  Status open_monitor(NamedFds& kept);
  Status open_tcp(NamedFds& kept);
  void shutdown(std::chrono::milliseconds patience);

  const ControlOptions options;
  SupervisorApi& supervisor;
  TimerThread timers;  // deadlines
  TimerThread ticks;   // samples: many who watch closely do not keep deadlines waiting
  const std::shared_ptr<OpenCalls> calls;
  OpenStreams streams;
  StatsFeed feed;
  const std::shared_ptr<ReportDesk> desk;
  const ServiceParts service_parts{supervisor, *calls, streams, feed, *desk, options.version};
  ClientRelay relay;
  std::vector<std::unique_ptr<Gate>> gates;
  std::vector<std::unique_ptr<GrpcEndpoint>> endpoints;
};

EndpointServices ControlServer::Parts::services(Gate& gate, bool with_control) {
  const ControlParts control{supervisor, *calls, *desk, gate};
  return make_endpoint_services(service_parts, gate, with_control ? &control : nullptr);
}

Status ControlServer::Parts::open_control(NamedFds& kept) {
  if (options.control_path.empty()) return {};
  Gate& admins = gate("control", identify_by_peer_credentials(Role::kAdmin, relay));
  return take(GrpcEndpoint::open_unix({"control", options.control_path, options.control_mode}, kept,
                                      services(admins, true), relay, supervisor));
}

Status ControlServer::Parts::open_monitor(NamedFds& kept) {
  if (options.monitor_path.empty()) return {};
  if (options.monitor_path == options.control_path) {
    return invalid("monitor", options.monitor_path,
                   "control and monitor socket have the same path: " + options.monitor_path);
  }
  Gate& viewers = gate("monitor", identify_by_peer_credentials(Role::kViewer, relay));
  return take(GrpcEndpoint::open_unix({"monitor", options.monitor_path, options.monitor_mode}, kept,
                                      services(viewers, false), relay, supervisor));
}

Status ControlServer::Parts::open_tcp(NamedFds& kept) {
  if (!options.tcp) return {};
  Gate& remote =
      gate("tcp", options.tcp->insecure_everyone_on_this_host_is_admin ? identify_nobody()
                                                                       : identify_by_certificate());
  return take(GrpcEndpoint::open_tcp(*options.tcp, kept, supervisor, services(remote, true)));
}

Result<std::unique_ptr<ControlServer>> ControlServer::open(ControlOptions options,
                                                           SupervisorApi& supervisor) {
  NamedFds nothing;
  return open(std::move(options), supervisor, nothing);
}

Result<std::unique_ptr<ControlServer>> ControlServer::open(ControlOptions options, SupervisorApi& supervisor,
                                                           NamedFds& kept) {
  auto parts = std::make_unique<Parts>(std::move(options), supervisor);
  if (Status opened = parts->open_control(kept); !opened) return opened.error();
  if (Status opened = parts->open_monitor(kept); !opened) return opened.error();
  if (Status opened = parts->open_tcp(kept); !opened) return opened.error();
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(parts)));
}

ControlServer::ControlServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ControlServer::~ControlServer() = default;

void ControlServer::shutdown(std::chrono::milliseconds patience) { parts_->shutdown(patience); }

NamedFds ControlServer::hand_over(std::chrono::milliseconds patience) {
  NamedFds kept;
  for (const auto& endpoint : parts_->endpoints) endpoint->release(kept);
  shutdown(patience);
  return kept;
}

void ControlServer::Parts::shutdown(std::chrono::milliseconds patience) {
  for (const auto& endpoint : endpoints) endpoint->close();
  streams.shutdown();
  desk->shutdown();
  calls->shutdown();
  const TimerThread::Id end_of_patience = timers.after(patience, [this] {
    for (const auto& endpoint : endpoints) endpoint->cut();
  });
  for (const auto& endpoint : endpoints) endpoint->shutdown(patience);
  streams.wait_until_empty();
  timers.cancel(end_of_patience);
  if (!endpoints.empty()) relay.finish(patience);
  endpoints.clear();
}

int ControlServer::tcp_port() const {
  for (const auto& endpoint : parts_->endpoints) {
    if (endpoint->port() != 0) return endpoint->port();
  }
  return 0;
}

Status check_control_sockets(const std::string& control_path, const std::string& monitor_path) {
  for (const std::string& path : {control_path, monitor_path}) {
    if (path.empty()) continue;  // there is none
    if (const Status right = SocketFile::check(path); !right) return right;
  }
  return {};
}

}  // namespace demo
