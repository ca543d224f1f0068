#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "control/admission/gate.h"
#include "control/calls/loop_call.h"
#include "control/calls/report_desk.h"
#include "control/mutations/mutation.h"
#include "control/services/backend_drains.h"
#include "demo/control/v1/control.grpc.pb.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// demo.control.v1.Control on one endpoint. Runs on gRPC's threads in the supervisor.
class ControlService final : public control::v1::Control::CallbackService {
 public:
  // All outlive the gRPC server.
  ControlService(SupervisorApi& supervisor, OpenCalls& calls, BackendDrains& drains, ReportDesk& desk,
                 Gate& gate)
      : supervisor_(supervisor), calls_(calls), drains_(drains), desk_(desk), gate_(gate) {}

  grpc::ServerUnaryReactor* AddListener(grpc::CallbackServerContext* context,
                                        const control::v1::AddListenerRequest* request,
                                        control::v1::AddListenerResponse* response) override;
  grpc::ServerUnaryReactor* RemoveListener(grpc::CallbackServerContext* context,
                                           const control::v1::RemoveListenerRequest* request,
                                           control::v1::RemoveListenerResponse* response) override;
  grpc::ServerUnaryReactor* UpdateListener(grpc::CallbackServerContext* context,
                                           const control::v1::UpdateListenerRequest* request,
                                           control::v1::UpdateListenerResponse* response) override;
  grpc::ServerUnaryReactor* AddBackend(grpc::CallbackServerContext* context,
                                       const control::v1::AddBackendRequest* request,
                                       control::v1::AddBackendResponse* response) override;
  grpc::ServerUnaryReactor* RemoveBackend(grpc::CallbackServerContext* context,
                                          const control::v1::RemoveBackendRequest* request,
                                          control::v1::RemoveBackendResponse* response) override;
  grpc::ServerUnaryReactor* UpdateBackend(grpc::CallbackServerContext* context,
                                          const control::v1::UpdateBackendRequest* request,
                                          control::v1::UpdateBackendResponse* response) override;
  grpc::ServerUnaryReactor* AddPool(grpc::CallbackServerContext* context,
                                    const control::v1::AddPoolRequest* request,
                                    control::v1::AddPoolResponse* response) override;
  grpc::ServerUnaryReactor* RemovePool(grpc::CallbackServerContext* context,
                                       const control::v1::RemovePoolRequest* request,
                                       control::v1::RemovePoolResponse* response) override;
  grpc::ServerUnaryReactor* UpdatePool(grpc::CallbackServerContext* context,
                                       const control::v1::UpdatePoolRequest* request,
                                       control::v1::UpdatePoolResponse* response) override;
  grpc::ServerUnaryReactor* SetKeepalive(grpc::CallbackServerContext* context,
                                         const control::v1::SetKeepaliveRequest* request,
                                         control::v1::SetKeepaliveResponse* response) override;
  grpc::ServerUnaryReactor* SetAcceptMode(grpc::CallbackServerContext* context,
                                          const control::v1::SetAcceptModeRequest* request,
                                          control::v1::SetAcceptModeResponse* response) override;
  grpc::ServerUnaryReactor* SetWorkers(grpc::CallbackServerContext* context,
                                       const control::v1::SetWorkersRequest* request,
                                       control::v1::SetWorkersResponse* response) override;
  grpc::ServerUnaryReactor* RestartWorker(grpc::CallbackServerContext* context,
                                          const control::v1::RestartWorkerRequest* request,
                                          control::v1::RestartWorkerResponse* response) override;
  grpc::ServerUnaryReactor* SetResponse(grpc::CallbackServerContext* context,
                                        const control::v1::SetResponseRequest* request,
                                        control::v1::SetResponseResponse* response) override;
  grpc::ServerUnaryReactor* SetForwarding(grpc::CallbackServerContext* context,
                                          const control::v1::SetForwardingRequest* request,
                                          control::v1::SetForwardingResponse* response) override;
  grpc::ServerUnaryReactor* SetClientLimits(grpc::CallbackServerContext* context,
                                            const control::v1::SetClientLimitsRequest* request,
                                            control::v1::SetClientLimitsResponse* response) override;
  grpc::ServerUnaryReactor* SetLogLevel(grpc::CallbackServerContext* context,
                                        const control::v1::SetLogLevelRequest* request,
                                        control::v1::SetLogLevelResponse* response) override;
  grpc::ServerUnaryReactor* SaveConfig(grpc::CallbackServerContext* context,
                                       const control::v1::SaveConfigRequest* request,
                                       control::v1::SaveConfigResponse* response) override;
  grpc::ServerUnaryReactor* ApplyConfig(grpc::CallbackServerContext* context,
                                        const control::v1::ApplyConfigRequest* request,
                                        control::v1::ApplyConfigResponse* response) override;
  grpc::ServerUnaryReactor* ResetConfig(grpc::CallbackServerContext* context,
                                        const control::v1::ResetConfigRequest* request,
                                        control::v1::ResetConfigResponse* response) override;
  grpc::ServerUnaryReactor* ApplyFile(grpc::CallbackServerContext* context,
                                      const control::v1::ApplyFileRequest* request,
                                      control::v1::ApplyFileResponse* response) override;

 private:
  using ChangeDone = std::function<void(Result<ChangeOutcome>)>;

  // Who calls, if that may change anything; the call counts for the caller. Otherwise it has failed.
  std::optional<Caller> admit(grpc::CallbackServerContext& context,
                              const std::shared_ptr<LoopCall>& call) const;
  // The mutation of a request, as the supervisor takes it; otherwise the call has failed.
  std::optional<ChangeRequest> change_request(grpc::CallbackServerContext& context,
                                              const std::shared_ptr<LoopCall>& call,
                                              const control::v1::MutationOptions& options,
                                              const std::function<Result<Mutation>()>& mutation) const;
  // For every request that is one change and nothing else.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* mutate(grpc::CallbackServerContext& context, const Request& request,
                                   Response& response);
  // For requests that start a drain.
  template <typename Response>
  void drain(std::shared_ptr<LoopCall> call, DrainOrder order, bool wait, Response& response);

  SupervisorApi& supervisor_;
  OpenCalls& calls_;
  BackendDrains& drains_;
  ReportDesk& desk_;
  Gate& gate_;
};

}  // namespace demo
