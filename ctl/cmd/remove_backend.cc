#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "cmd/drain_report.h"
#include "demo/control/v1/topology.pb.h"

namespace demo::ctl {
namespace {

class RemoveBackend : public ChangeCommand<api::RemoveBackendRequest, api::RemoveBackendResponse> {
 public:
  RemoveBackend()
      : ChangeCommand(
            {.name = "remove-backend",
             .chapter = Chapter::kBackends,
             .summary = "remove a backend from its pool",
             .details =
                 "Without --drain the backend is gone at once and what is in flight finishes. With --drain "
                 "it takes no new request, and what is still in flight at the deadline is cut off and "
                 "counted. With --wait the command returns when the drain has ended: exit code 0 when "
                 "everything finished, 8 when something was cut off or lost with its worker. The removal is "
                 "saved when it is made: a "
                 "daemon that is started again before has the backend as it was. One that fails at the end "
                 "of the drain is tried again until it succeeds, or set-backend --state ready takes it back.",
             .examples = {{"remove-backend 10.0.0.3:80", "no further request goes there"},
                          {"remove-backend 10.0.0.3:80 --drain 30s --wait",
                           "let it finish, at most 30 seconds, and say whether it did"}}}) {
    positional(
        "BACKEND", "the endpoint, as backends prints it",
        [this](const std::string& text) { request_.set_endpoint(text); }, "endpoint");
    field_option("--pool", request_, "pool", "its pool (default \"default\")", "POOL");
    setting_option(request_, "drain_timeout");
    flag("--ignore-missing", "succeed when there is no such backend",
         [this] { request_.set_ignore_missing(true); });
    change_options();
  }

 protected:
  void check() override { request_.set_wait(wait_ && request_.has_drain_timeout()); }
  std::chrono::milliseconds patience() const override {
    return request_.wait() ? drain_patience(request_.drain_timeout()) : Invocation::kPatience;
  }
  void complete(Invocation& invocation, api::RemoveBackendResponse& response,
                std::chrono::milliseconds patience) override {
    if (!request_.wait() || !response.has_drain()) return;
    await_drain(invocation, patience, *response.mutable_drain());
  }
  ExitCode finish(Invocation& invocation, const api::RemoveBackendResponse& response,
                  ExitCode code) override {
    if (!response.has_drain() || response.result().dry_run()) return code;
    return report_drain(invocation, response.drain(), request_.wait(), code);
  }
};

}  // namespace

std::unique_ptr<Command> remove_backend() { return std::make_unique<RemoveBackend>(); }

}  // namespace demo::ctl
