#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

class RestartWorker : public ChangeCommand<api::RestartWorkerRequest, api::RestartWorkerResponse> {
 public:
  RestartWorker()
      : ChangeCommand(
            {.name = "restart-worker",
             .chapter = Chapter::kWorkers,
             .summary = "replace worker processes, one or all in turn",
             .details =
                 "A new process starts beside the present one, which drains and leaves once the new one "
                 "accepts connections: nobody waits for a long request. A process that cannot serve "
                 "replaces none. The command returns when the last new process is ready.",
             .examples = {{"restart-worker 2", "replace worker 2"},
                          {"restart-worker --all", "replace all of them, one after the other"}}}) {
    optional_positional(
        "WORKER", "its index, as workers prints it",
        [this](const std::string& text) { set_field(request_, "worker", text); }, "worker");
    flag("--all", "every worker, one after the other", [this] { all_ = true; });
    expectation_option("expected_generation");
  }

 protected:
  // A start may take seconds, and there may be many workers: --timeout bounds it when somebody wants that.
  std::chrono::milliseconds patience() const override {
    return all_ ? std::chrono::hours(3) : std::chrono::seconds(60);
  }
  void check() override {
    if (all_ == request_.has_worker()) throw usage_failure("restart-worker needs either a WORKER or --all");
  }

 private:
  bool all_ = false;
};

}  // namespace

std::unique_ptr<Command> restart_worker() { return std::make_unique<RestartWorker>(); }

}  // namespace demo::ctl
