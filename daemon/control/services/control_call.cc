#include "control/services/control_call.h"

#include <grpcpp/server_context.h>

#include <utility>

namespace demo {

std::optional<Caller> admit_admin(Gate& gate, grpc::CallbackServerContext& context,
                                  const std::shared_ptr<LoopCall>& call) {
  auto pass = gate.admit_call(context, Role::kAdmin);
  if (!pass) {
    call->fail(pass.error());
    return std::nullopt;
  }
  call->hold(std::move(pass->place));
  return std::move(pass->caller);
}

std::optional<ChangeRequest> change_request(Gate& gate, grpc::CallbackServerContext& context,
                                            const std::shared_ptr<LoopCall>& call,
                                            const control::v1::MutationOptions& options,
                                            const std::function<Result<Mutation>()>& mutation) {
  std::optional<Caller> caller = admit_admin(gate, context, call);
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

}  // namespace demo
