#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "control/admission/gate.h"
#include "control/calls/loop_call.h"
#include "control/calls/report_desk.h"
#include "control/messages/report_messages.h"
#include "control/mutations/mutation.h"
#include "demo/control/v1/mutation.pb.h"
#include "supervisor/api/supervisor_api.h"

// How every call of Control begins, and what most of them are answered with.
namespace demo {

// What the calls of one endpoint work with: borrowed, and outliving the gRPC server.
struct ControlParts {
  SupervisorApi& supervisor;
  OpenCalls& calls;
  ReportDesk& desk;
  Gate& gate;
};

// Who calls, if that may change anything; the call counts for the caller. Otherwise it has failed.
std::optional<Caller> admit_admin(Gate& gate, grpc::CallbackServerContext& context,
                                  const std::shared_ptr<LoopCall>& call);

// The mutation of a request, as the supervisor takes it; otherwise the call has failed.
std::optional<ChangeRequest> change_request(Gate& gate, grpc::CallbackServerContext& context,
                                            const std::shared_ptr<LoopCall>& call,
                                            const control::v1::MutationOptions& options,
                                            const std::function<Result<Mutation>()>& mutation);

// What answers a call with the outcome of its change. response: valid until the call is answered.
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

}  // namespace demo
