#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "cmd/drain_report.h"
#include "demo/control/v1/topology.pb.h"
#include "text/api_times.h"
#include "text/duration_text.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

class SetBackend : public ChangeCommand<api::UpdateBackendRequest, api::UpdateBackendResponse> {
 public:
  SetBackend()
      : ChangeCommand(
            {.name = "set-backend",
             .chapter = Chapter::kBackends,
             .summary = "change a backend: weight, limit, state",
             .details =
                 "Only what is named changes. State drain takes no new request and lets what is in flight "
                 "finish; nothing is cut off. With --wait the command returns when nothing is in flight "
                 "any more, or with exit code 8 when --drain-timeout has passed or something did not finish.",
             .examples = {{"set-backend 10.0.0.3:80 --weight 5", "five times the requests of weight 1"},
                          {"set-backend 10.0.0.3:80 --state drain --wait", "empty it before maintenance"},
                          {"set-backend 10.0.0.3:80 --state ready", "take requests again"}}}) {
    positional(
        "BACKEND", "the endpoint, as backends prints it",
        [this](const std::string& text) { request_.mutable_backend()->set_endpoint(text); },
        "backend.endpoint");
    field_option("--pool", request_, "pool", "its pool (default \"default\")", "POOL");
    setting_options(request_, "backend");
    api::Setting drain = setting_of(*request_.GetDescriptor(), "drain_timeout");
    drain.set_default_(
        text::format_milliseconds(std::chrono::milliseconds(text::kBackendDrainTimeout).count()));
    setting_option(request_, "drain_timeout", drain);
    reset_option(request_, "backend", {"endpoint"}, "weight");
    change_options();
  }

 protected:
  void check() override {
    const bool changes = sets_beyond(request_.backend(), {"endpoint"}) || !request_.reset_fields().empty();
    if (!changes) throw usage_failure("set-backend: name what to change");
    const bool drains = request_.backend().state() == api::BACKEND_STATE_DRAIN;
    if (request_.has_drain_timeout() && !(drains && wait_))
      throw usage_failure("--drain-timeout: goes with --state drain and --wait");
    request_.set_wait(wait_ && drains);
  }
  std::chrono::milliseconds patience() const override {
    if (!request_.wait()) return Invocation::kPatience;
    return request_.has_drain_timeout() ? drain_patience(request_.drain_timeout())
                                        : text::kBackendDrainTimeout + Invocation::kPatience;
  }
  void complete(Invocation& invocation, api::UpdateBackendResponse& response,
                std::chrono::milliseconds patience) override {
    if (!request_.wait() || !response.has_drain()) return;
    await_drain(invocation, patience, *response.mutable_drain());
  }
  ExitCode finish(Invocation& invocation, const api::UpdateBackendResponse& response,
                  ExitCode code) override {
    if (!response.has_drain() || response.result().dry_run()) return code;
    return report_drain(invocation, response.drain(), request_.wait(), code);
  }
};

}  // namespace

std::unique_ptr<Command> set_backend() { return std::make_unique<SetBackend>(); }

}  // namespace demo::ctl
