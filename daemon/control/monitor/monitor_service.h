#pragma once

#include <functional>
#include <memory>
#include <string>

#include "control/admission/gate.h"
#include "control/calls/loop_call.h"
#include "control/calls/message_stream.h"
#include "control/calls/report_desk.h"
#include "control/monitor/stats_feed.h"
#include "demo/control/v1/monitor.grpc.pb.h"
#include "supervisor/api/supervisor_api.h"

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

// demo.control.v1.Monitor on one endpoint. Runs on gRPC's threads in the supervisor.
class MonitorService final : public control::v1::Monitor::CallbackService {
 public:
  // Both outlive the gRPC server.
  MonitorService(const ServiceParts& parts, Gate& gate) : parts_(parts), gate_(gate) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const control::v1::GetStatusRequest* request,
                                      control::v1::GetStatusResponse* response) override;
  grpc::ServerUnaryReactor* ListListeners(grpc::CallbackServerContext* context,
                                          const control::v1::ListListenersRequest* request,
                                          control::v1::ListListenersResponse* response) override;
  grpc::ServerUnaryReactor* ListBackends(grpc::CallbackServerContext* context,
                                         const control::v1::ListBackendsRequest* request,
                                         control::v1::ListBackendsResponse* response) override;
  grpc::ServerUnaryReactor* ListPools(grpc::CallbackServerContext* context,
                                      const control::v1::ListPoolsRequest* request,
                                      control::v1::ListPoolsResponse* response) override;
  grpc::ServerUnaryReactor* ListWorkers(grpc::CallbackServerContext* context,
                                        const control::v1::ListWorkersRequest* request,
                                        control::v1::ListWorkersResponse* response) override;
  grpc::ServerUnaryReactor* GetConfig(grpc::CallbackServerContext* context,
                                      const control::v1::GetConfigRequest* request,
                                      control::v1::GetConfigResponse* response) override;
  grpc::ServerUnaryReactor* GetStats(grpc::CallbackServerContext* context,
                                     const control::v1::GetStatsRequest* request,
                                     control::v1::GetStatsResponse* response) override;
  grpc::ServerWriteReactor<control::v1::WatchStatsResponse>* WatchStats(
      grpc::CallbackServerContext* context, const control::v1::WatchStatsRequest* request) override;
  grpc::ServerWriteReactor<control::v1::WatchEventsResponse>* WatchEvents(
      grpc::CallbackServerContext* context, const control::v1::WatchEventsRequest* request) override;
  grpc::ServerUnaryReactor* WhoAmI(grpc::CallbackServerContext* context,
                                   const control::v1::WhoAmIRequest* request,
                                   control::v1::WhoAmIResponse* response) override;

 private:
  // Answers with what fill makes of the supervisor's report.
  grpc::ServerUnaryReactor* report(grpc::CallbackServerContext& context, ReportDesk::Fill fill);
  // With how the configuration file is now as well.
  using FillWithFile = std::function<void(const StatusReport&, const FileLook&)>;
  grpc::ServerUnaryReactor* report_with_file(grpc::CallbackServerContext& context, FillWithFile fill);
  // The call, if it may be answered; its reactor in any case.
  std::shared_ptr<LoopCall> admit(grpc::CallbackServerContext& context, grpc::ServerUnaryReactor*& reactor);

  const ServiceParts& parts_;
  Gate& gate_;
};

}  // namespace demo
