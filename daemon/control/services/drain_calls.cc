#include "control/services/drain_calls.h"

#include <chrono>
#include <memory>
#include <utility>

#include "base/limits.h"
#include "config/changes.h"
#include "control/messages/report_messages.h"
#include "control/messages/request_fields.h"
#include "text/api_times.h"

namespace demo {

namespace pb = control::v1;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

namespace {

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

// For requests that start a drain.
template <typename Response>
void drain(SupervisorApi& supervisor, std::shared_ptr<LoopCall> call, DrainOrder order, bool wait,
           Response& response) {
  auto answer = [call, &response](const Result<ChangeOutcome>& outcome, const DrainProgress& progress) {
    if (!outcome) return call->fail(outcome.error());
    call->finish([&]() -> Status {
      write_result(*outcome, false, *response.mutable_result());
      write_progress(progress, *response.mutable_drain());
      return {};
    });
  };
  if (!wait) return supervisor.drain(std::move(order), answer, [](const auto&, const auto&) {});
  // A drain that could not begin has no end either.
  auto begun = [answer](const Result<ChangeOutcome>& outcome, const DrainProgress& progress) {
    if (!outcome) answer(outcome, progress);
  };
  supervisor.drain(std::move(order), std::move(begun), answer);
}

}  // namespace

ServerUnaryReactor* remove_backend_call(const ControlParts& parts, CallbackServerContext& context,
                                        const pb::RemoveBackendRequest& request,
                                        pb::RemoveBackendResponse& response) {
  const auto timeout = duration_of(request, "drain_timeout", text::kBackendDrainTimeout);
  auto call =
      parts.calls.start(context, call_limit(request.wait(), timeout ? *timeout : text::kBackendDrainTimeout));
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(parts.gate, context, call, request.options(), [&]() -> Result<Mutation> {
    if (!timeout) return timeout.error();
    return mutation_of(request);
  });
  if (!change) return reactor;
  if (!request.has_drain_timeout() || request.options().dry_run()) {
    parts.supervisor.change(*std::move(change),
                            answer_with_outcome(call, request.options().dry_run(), response));
    return reactor;
  }
  const BackendKey key{pool_or_default(request.pool()), Endpoint::parse(request.endpoint())->text};
  DrainOrder order{key, *timeout, true, *std::move(change),
                   remove_backend(key.pool, key.endpoint, IfMissing::kIgnore)};
  order.begin.change = drain_backend(key, request.ignore_missing());
  drain(parts.supervisor, std::move(call), std::move(order), request.wait(), response);
  return reactor;
}

ServerUnaryReactor* update_backend_call(const ControlParts& parts, CallbackServerContext& context,
                                        const pb::UpdateBackendRequest& request,
                                        pb::UpdateBackendResponse& response) {
  const auto timeout = duration_of(request, "drain_timeout", text::kBackendDrainTimeout);
  auto call =
      parts.calls.start(context, call_limit(request.wait(), timeout ? *timeout : text::kBackendDrainTimeout));
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(parts.gate, context, call, request.options(), [&]() -> Result<Mutation> {
    if (!timeout) return timeout.error();
    return mutation_of(request);
  });
  if (!change) return reactor;
  if (request.backend().state() != pb::BACKEND_STATE_DRAIN || request.options().dry_run()) {
    parts.supervisor.change(*std::move(change),
                            answer_with_outcome(call, request.options().dry_run(), response));
    return reactor;
  }
  const BackendKey key{pool_or_default(request.pool()), Endpoint::parse(request.backend().endpoint())->text};
  drain(parts.supervisor, std::move(call), DrainOrder{key, *timeout, false, *std::move(change), {}},
        request.wait(), response);
  return reactor;
}

}  // namespace demo
