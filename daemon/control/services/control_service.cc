#include "control/services/control_service.h"

#include <memory>
#include <string>
#include <utility>

#include "base/limits.h"
#include "control/calls/status_map.h"
#include "control/messages/report_messages.h"
#include "control/messages/request_fields.h"

namespace demo {

namespace pb = control::v1;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

namespace {

// What answers a call with the outcome of its change.
template <typename Response>
auto answer_with_outcome(std::shared_ptr<LoopCall> call, bool dry_run, Response& response) {
  return [call = std::move(call), dry_run, &response](const Result<ChangeOutcome>& outcome) {
    if (!outcome) return call->fail(outcome.error());
    call->finish([&]() -> Status {
      write_result(*outcome, dry_run, *response.mutable_result());
      return {};
    });
  };
}

void write_progress(const DrainProgress& progress, pb::DrainProgress& message) {
  message.set_ended(progress.ended);
  message.set_at_start(progress.at_start);
  message.set_remaining(progress.remaining);
  message.set_forced(progress.forced);
  message.set_lost(progress.lost);
}

// Makes a backend's state drain. With ignore, a backend that is missing stays missing.
Change drain_backend(const BackendKey& key, bool ignore_missing) {
  const Change drain =
      update_backend(key.pool, key.endpoint, [](Backend& backend) { backend.state = BackendState::kDrain; });
  return [drain, ignore_missing](const Config& config) -> Result<Config> {
    Result<Config> drained = drain(config);
    if (!drained && ignore_missing && drained.error().code == ErrorCode::kNotFound) return config;
    return drained;
  };
}

std::chrono::milliseconds call_limit(bool wait, std::chrono::milliseconds drain) {
  return wait ? drain + limits::kControlCallTimeout : std::chrono::milliseconds(limits::kControlCallTimeout);
}

}  // namespace

std::optional<Caller> ControlService::admit(CallbackServerContext& context,
                                            const std::shared_ptr<LoopCall>& call) const {
  auto pass = gate_.admit_call(context, Role::kAdmin);
  if (!pass) {
    call->fail(pass.error());
    return std::nullopt;
  }
  call->hold(std::move(pass->place));
  return std::move(pass->caller);
}

std::optional<ChangeRequest> ControlService::change_request(
    CallbackServerContext& context, const std::shared_ptr<LoopCall>& call, const pb::MutationOptions& options,
    const std::function<Result<Mutation>()>& mutation) const {
  std::optional<Caller> caller = admit(context, call);
  if (!caller) return std::nullopt;
  Result<Mutation> wanted = mutation();
  if (!wanted) {
    call->fail(wanted.error());
    return std::nullopt;
  }
  ChangeRequest change;
  change.description = std::move(wanted->description);
  change.change = std::move(wanted->change);
  if (options.has_expected_generation()) change.expected_generation = options.expected_generation();
  change.persist = !options.has_persist() || options.persist();
  change.dry_run = options.dry_run();
  change.caller = *std::move(caller);
  change.asker = call;
  return change;
}

template <typename Request, typename Response>
ServerUnaryReactor* ControlService::mutate(CallbackServerContext& context, const Request& request,
                                           Response& response) {
  auto call = calls_.start(context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(context, call, request.options(), [&] { return mutation_of(request); });
  if (change) {
    supervisor_.change(*std::move(change), answer_with_outcome(call, request.options().dry_run(), response));
  }
  return reactor;
}

ServerUnaryReactor* ControlService::RemoveListener(CallbackServerContext* context,
                                                   const pb::RemoveListenerRequest* request,
                                                   pb::RemoveListenerResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::UpdateListener(CallbackServerContext* context,
                                                   const pb::UpdateListenerRequest* request,
                                                   pb::UpdateListenerResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::AddBackend(CallbackServerContext* context,
                                               const pb::AddBackendRequest* request,
                                               pb::AddBackendResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::AddPool(CallbackServerContext* context, const pb::AddPoolRequest* request,
                                            pb::AddPoolResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::RemovePool(CallbackServerContext* context,
                                               const pb::RemovePoolRequest* request,
                                               pb::RemovePoolResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::UpdatePool(CallbackServerContext* context,
                                               const pb::UpdatePoolRequest* request,
                                               pb::UpdatePoolResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::SetKeepalive(CallbackServerContext* context,
                                                 const pb::SetKeepaliveRequest* request,
                                                 pb::SetKeepaliveResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::SetAcceptMode(CallbackServerContext* context,
                                                  const pb::SetAcceptModeRequest* request,
                                                  pb::SetAcceptModeResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::SetWorkers(CallbackServerContext* context,
                                               const pb::SetWorkersRequest* request,
                                               pb::SetWorkersResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::SetResponse(CallbackServerContext* context,
                                                const pb::SetResponseRequest* request,
                                                pb::SetResponseResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::SetForwarding(CallbackServerContext* context,
                                                  const pb::SetForwardingRequest* request,
                                                  pb::SetForwardingResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::SetClientLimits(CallbackServerContext* context,
                                                    const pb::SetClientLimitsRequest* request,
                                                    pb::SetClientLimitsResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::SetLogLevel(CallbackServerContext* context,
                                                const pb::SetLogLevelRequest* request,
                                                pb::SetLogLevelResponse* response) {
  return mutate(*context, *request, *response);
}

ServerUnaryReactor* ControlService::AddListener(CallbackServerContext* context,
                                                const pb::AddListenerRequest* request,
                                                pb::AddListenerResponse* response) {
  auto call = calls_.start(*context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(*context, call, request->options(), [&] { return mutation_of(*request); });
  if (!change) return reactor;
  const bool dry_run = request->options().dry_run();
  const Address wanted = *Address::parse(request->listener().address());
  auto done = [&desk = desk_, call, dry_run, wanted, response](const Result<ChangeOutcome>& outcome) {
    if (!outcome || dry_run) return answer_with_outcome(call, dry_run, *response)(outcome);
    desk.ask(call, [=](const StatusReport& report) -> Status {
      write_result(*outcome, false, *response->mutable_result());
      for (const ListenerReport& listener : report.listeners) {
        if (listener.listener.address == wanted) response->set_bound_address(listener.bound.to_string());
      }
      return {};
    });
  };
  supervisor_.change(*std::move(change), std::move(done));
  return reactor;
}

template <typename Response>
void ControlService::drain(std::shared_ptr<LoopCall> call, DrainOrder order, bool wait, Response& response) {
  auto answer = [call, &response](const Result<ChangeOutcome>& outcome, const DrainProgress& progress) {
    if (!outcome) return call->fail(outcome.error());
    call->finish([&]() -> Status {
      write_result(*outcome, false, *response.mutable_result());
      write_progress(progress, *response.mutable_drain());
      return {};
    });
  };
  if (!wait) return drains_.start(std::move(order), answer, [](const auto&, const auto&) {});
  // A drain that could not begin has no end either.
  auto begun = [answer](const Result<ChangeOutcome>& outcome, const DrainProgress& progress) {
    if (!outcome) answer(outcome, progress);
  };
  drains_.start(std::move(order), std::move(begun), answer);
}

ServerUnaryReactor* ControlService::RemoveBackend(CallbackServerContext* context,
                                                  const pb::RemoveBackendRequest* request,
                                                  pb::RemoveBackendResponse* response) {
  const auto timeout = duration_of(*request, "drain_timeout", limits::kDrainTimeout);
  auto call = calls_.start(*context, call_limit(request->wait(), timeout ? *timeout : limits::kDrainTimeout));
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(*context, call, request->options(), [&]() -> Result<Mutation> {
    if (!timeout) return timeout.error();
    return mutation_of(*request);
  });
  if (!change) return reactor;
  if (!request->has_drain_timeout() || request->options().dry_run()) {
    supervisor_.change(*std::move(change),
                       answer_with_outcome(call, request->options().dry_run(), *response));
    return reactor;
  }
  const BackendKey key{pool_or_default(request->pool()), Endpoint::parse(request->endpoint())->text};
  DrainOrder order{key, *timeout, true, *std::move(change),
                   remove_backend(key.pool, key.endpoint, IfMissing::kIgnore)};
  order.begin.change = drain_backend(key, request->ignore_missing());
  drain(std::move(call), std::move(order), request->wait(), *response);
  return reactor;
}

ServerUnaryReactor* ControlService::UpdateBackend(CallbackServerContext* context,
                                                  const pb::UpdateBackendRequest* request,
                                                  pb::UpdateBackendResponse* response) {
  const auto timeout = duration_of(*request, "drain_timeout", limits::kDrainTimeout);
  auto call = calls_.start(*context, call_limit(request->wait(), timeout ? *timeout : limits::kDrainTimeout));
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(*context, call, request->options(), [&]() -> Result<Mutation> {
    if (!timeout) return timeout.error();
    return mutation_of(*request);
  });
  if (!change) return reactor;
  if (request->backend().state() != pb::BACKEND_STATE_DRAIN || request->options().dry_run()) {
    supervisor_.change(*std::move(change),
                       answer_with_outcome(call, request->options().dry_run(), *response));
    return reactor;
  }
  const BackendKey key{pool_or_default(request->pool()),
                       Endpoint::parse(request->backend().endpoint())->text};
  drain(std::move(call), DrainOrder{key, *timeout, false, *std::move(change), {}}, request->wait(),
        *response);
  return reactor;
}

ServerUnaryReactor* ControlService::RestartWorker(CallbackServerContext* context,
                                                  const pb::RestartWorkerRequest* request,
                                                  pb::RestartWorkerResponse* response) {
  auto call = calls_.start(*context, limits::kRestartCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  std::optional<Caller> caller = admit(*context, call);
  if (!caller) return reactor;
  RestartRequest restart;
  if (request->has_worker()) restart.worker = request->worker();
  if (request->has_expected_generation()) restart.expected_generation = request->expected_generation();
  restart.caller = *std::move(caller);
  restart.asker = call;
  supervisor_.restart_workers(std::move(restart), answer_with_outcome(call, false, *response));
  return reactor;
}

ServerUnaryReactor* ControlService::SaveConfig(CallbackServerContext* context, const pb::SaveConfigRequest*,
                                               pb::SaveConfigResponse*) {
  auto call = calls_.start(*context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  std::optional<Caller> caller = admit(*context, call);
  if (!caller) return reactor;
  supervisor_.save({*std::move(caller), call},
                   [call](const Status& saved) { call->finish([&] { return saved; }); });
  return reactor;
}

ServerUnaryReactor* ControlService::ResetConfig(CallbackServerContext* context,
                                                const pb::ResetConfigRequest* request,
                                                pb::ResetConfigResponse* response) {
  auto call = calls_.start(*context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(*context, call, request->options(), []() -> Result<Mutation> {
    return Mutation{"config reset", {}};
  });
  if (change) {
    auto done = [call, answer = answer_with_outcome(call, request->options().dry_run(), *response)](
                    const Result<ChangeOutcome>& outcome) {
      if (!outcome) return call->fail(mistakes_of(outcome.error()));
      answer(outcome);
    };
    supervisor_.reset({*std::move(change), request->allow_empty()}, std::move(done));
  }
  return reactor;
}

}  // namespace demo
