// The service Control. A method whose request the mutation table has as one change needs nothing here: its
// handler is made of the service's descriptor. Where a new method goes, therefore:
//
//   one change and nothing else          the rpc and its messages in proto/demo/control/v1, the function and
//                                        its line in control/mutations, a verb in ctl/cmd
//   anything else                        the same, less the mutation; and here, in Others and ControlService
#include "control/services/control_service.h"

#include <memory>
#include <utility>

#include "base/limits.h"
#include "control/messages/request_path.h"
#include "control/mutations/mutation_table.h"
#include "control/services/config_calls.h"
#include "control/services/drain_calls.h"
#include "control/services/one_change_call.h"
#include "demo/control/v1/control.grpc.pb.h"

namespace demo {

namespace pb = control::v1;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

namespace {

using Control = pb::Control;
// The methods that are more than one change.
using Others = Control::WithCallbackMethod_AddListener<Control::WithCallbackMethod_RemoveBackend<
    Control::WithCallbackMethod_UpdateBackend<Control::WithCallbackMethod_RestartWorker<
        Control::WithCallbackMethod_SaveConfig<Control::WithCallbackMethod_ApplyConfig<
            Control::WithCallbackMethod_ResetConfig<Control::WithCallbackMethod_ApplyFile<
                Control::WithCallbackMethod_Upgrade<Control::Service>>>>>>>>>;

class ControlService final : public Others {
 public:
  explicit ControlService(const ControlParts& parts);

  ServerUnaryReactor* AddListener(CallbackServerContext* context, const pb::AddListenerRequest* request,
                                  pb::AddListenerResponse* response) override;
  ServerUnaryReactor* RemoveBackend(CallbackServerContext* context, const pb::RemoveBackendRequest* request,
                                    pb::RemoveBackendResponse* response) override {
    return remove_backend_call(parts_, *context, *request, *response);
  }
  ServerUnaryReactor* UpdateBackend(CallbackServerContext* context, const pb::UpdateBackendRequest* request,
                                    pb::UpdateBackendResponse* response) override {
    return update_backend_call(parts_, *context, *request, *response);
  }
  ServerUnaryReactor* RestartWorker(CallbackServerContext* context, const pb::RestartWorkerRequest* request,
                                    pb::RestartWorkerResponse* response) override;
  ServerUnaryReactor* Upgrade(CallbackServerContext* context, const pb::UpgradeRequest* request,
                              pb::UpgradeResponse* response) override;
  ServerUnaryReactor* SaveConfig(CallbackServerContext* context, const pb::SaveConfigRequest* request,
                                 pb::SaveConfigResponse* response) override;
  ServerUnaryReactor* ApplyConfig(CallbackServerContext* context, const pb::ApplyConfigRequest* request,
                                  pb::ApplyConfigResponse* response) override {
    return apply_config_call(parts_, *context, *request, *response);
  }
  ServerUnaryReactor* ResetConfig(CallbackServerContext* context, const pb::ResetConfigRequest* request,
                                  pb::ResetConfigResponse* response) override {
    return reset_config_call(parts_, *context, *request, *response);
  }
  ServerUnaryReactor* ApplyFile(CallbackServerContext* context, const pb::ApplyFileRequest* request,
                                pb::ApplyFileResponse* response) override {
    return apply_file_call(parts_, *context, *request, *response);
  }

 private:
  const ControlParts parts_;
};

// Generated code numbers the methods as the descriptor does.
ControlService::ControlService(const ControlParts& parts) : parts_(parts) {
  using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
  const auto* const service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(Control::service_full_name());
  for (int i = 0; i < service->method_count(); ++i) {
    const auto& method = *service->method(i);
    if (!MutationTable::all().is_one_change(*method.input_type())) continue;
    // The service owns its handlers.
    MarkMethodRawCallback(
        i, new Handler([this, &method](CallbackServerContext* context, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) {
          return one_change_call(parts_, method, *context, *request, *response);
        }));
  }
}

// Its answer tells the port that the kernel chose.
ServerUnaryReactor* ControlService::AddListener(CallbackServerContext* context,
                                                const pb::AddListenerRequest* request,
                                                pb::AddListenerResponse* response) {
  auto call = parts_.calls.start(*context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  auto change =
      change_request(parts_.gate, *context, call, request->options(), [&] { return mutation_of(*request); });
  if (!change) return reactor;
  const bool dry_run = request->options().dry_run();
  const Address wanted = *Address::parse(request->listener().address());
  // What gRPC gave lives until the call is answered, be it by its deadline.
  auto copy = std::make_shared<const pb::AddListenerRequest>(*request);
  auto done = [&desk = parts_.desk, call, dry_run, wanted, copy,
               response](const Result<ChangeOutcome>& outcome) {
    if (!outcome) return call->fail(in_request(outcome.error(), *copy));
    if (dry_run) return answer_with_outcome(call, dry_run, *response)(outcome);
    desk.ask(call, [=](const StatusReport& report) -> Status {
      write_result(*outcome, false, *response->mutable_result());
      for (const ListenerReport& listener : report.listeners) {
        if (listener.listener.address == wanted) response->set_bound_address(listener.bound.to_string());
      }
      return {};
    });
  };
  parts_.supervisor.change(*std::move(change), std::move(done));
  return reactor;
}

ServerUnaryReactor* ControlService::RestartWorker(CallbackServerContext* context,
                                                  const pb::RestartWorkerRequest* request,
                                                  pb::RestartWorkerResponse* response) {
  auto call = parts_.calls.start(*context, limits::kRestartCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  std::optional<Caller> caller = admit_admin(parts_.gate, *context, call);
  if (!caller) return reactor;
  RestartRequest restart;
  if (request->has_worker()) restart.worker = request->worker();
  if (request->has_expected_generation()) restart.expected_generation = request->expected_generation();
  restart.caller = *std::move(caller);
  restart.asker = call;
  parts_.supervisor.restart_workers(std::move(restart), answer_with_outcome(call, false, *response));
  return reactor;
}

ServerUnaryReactor* ControlService::Upgrade(CallbackServerContext* context, const pb::UpgradeRequest*,
                                            pb::UpgradeResponse* response) {
  auto call = parts_.calls.start(*context, limits::kUpgradeCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  std::optional<Caller> caller = admit_admin(parts_.gate, *context, call);
  if (!caller) return reactor;
  auto done = [call, response](const Result<UpgradeStart>& start) {
    call->finish([&]() -> Status {
      if (!start) return start.error();
      response->set_number(start->number);
      response->set_from_version(start->from);
      response->set_to_version(start->to);
      for (const std::string& warning : start->warnings) response->add_warnings(warning);
      return {};
    });
  };
  parts_.supervisor.upgrade({*std::move(caller), call}, std::move(done));
  return reactor;
}

ServerUnaryReactor* ControlService::SaveConfig(CallbackServerContext* context, const pb::SaveConfigRequest*,
                                               pb::SaveConfigResponse*) {
  auto call = parts_.calls.start(*context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  std::optional<Caller> caller = admit_admin(parts_.gate, *context, call);
  if (!caller) return reactor;
  parts_.supervisor.save({*std::move(caller), call},
                         [call](const Status& saved) { call->finish([&] { return saved; }); });
  return reactor;
}

}  // namespace

std::unique_ptr<grpc::Service> make_control_service(const ControlParts& parts) {
  return std::make_unique<ControlService>(parts);
}

}  // namespace demo
