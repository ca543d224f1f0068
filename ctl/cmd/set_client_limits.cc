#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"

namespace demo::ctl {
namespace {

class SetClientLimits : public ChangeCommand<api::SetClientLimitsRequest, api::SetClientLimitsResponse> {
 public:
  SetClientLimits()
      : ChangeCommand(
            {.name = "set-client-limits",
             .chapter = Chapter::kTraffic,
             .summary = "change the time-outs and the number of client connections",
             .details = "Only what is named changes.",
             .examples = {{"set-client-limits --head-timeout 5s", "end slow requests earlier"},
                          {"set-client-limits --max-connections 20000", "connections of all workers"}}}) {
    setting_options(request_, "timeouts");
    setting_option(request_, "max_connections", setting_of(*api::Config::descriptor(), "max_connections"));
    change_options();
  }

 protected:
  void check() override {
    if (!request_.has_timeouts() && !request_.has_max_connections()) {
      throw usage_failure("set-client-limits: name what to change");
    }
  }
};

}  // namespace

std::unique_ptr<Command> set_client_limits() { return std::make_unique<SetClientLimits>(); }

}  // namespace demo::ctl
