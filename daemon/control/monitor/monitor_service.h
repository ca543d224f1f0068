#pragma once

#include <memory>
#include <string>

#include "control/admission/gate.h"
#include "control/calls/loop_call.h"
#include "control/calls/open_streams.h"
#include "control/calls/report_desk.h"
#include "control/monitor/stats_feed.h"
#include "supervisor/api/supervisor_api.h"

namespace grpc {
class Service;
}

namespace demo {

// What both services of every endpoint work with: borrowed, and outliving the gRPC servers.
struct ServiceParts {
  SupervisorApi& supervisor;
  OpenCalls& calls;
  OpenStreams& streams;
  StatsFeed& feed;
  ReportDesk& desk;
  const std::string& version;
};

// demo.control.v1.Monitor on one endpoint. Runs on gRPC's threads in the supervisor. parts and gate outlive
// the gRPC server.
std::unique_ptr<grpc::Service> make_monitor_service(const ServiceParts& parts, Gate& gate);

}  // namespace demo
