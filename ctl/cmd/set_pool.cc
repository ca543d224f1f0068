#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/topology.pb.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

class SetPool : public ChangeCommand<api::UpdatePoolRequest, api::UpdatePoolResponse> {
 public:
  SetPool()
      : ChangeCommand(
            {.name = "set-pool",
             .chapter = Chapter::kPools,
             .summary = "change a pool: policy, checks, time-outs",
             .details = "Only what is named changes.",
             .examples = {{"set-pool api --policy source-hash", "a client always meets the same backend"},
                          {"set-pool api --health http --health-path /ready --health-interval 500ms",
                           "check every backend twice a second"},
                          {"set-pool api --reset timeouts", "all time-outs as they were at first"}}}) {
    positional(
        "POOL", "the name", [this](const std::string& text) { request_.mutable_pool()->set_name(text); },
        "pool.name");
    setting_options(request_, "pool");
    reset_option(request_, "pool", {"name", "backends"}, "head-timeout");
    change_options();
  }

 protected:
  void check() override {
    const bool changes = sets_beyond(request_.pool(), {"name"}) || !request_.reset_fields().empty();
    if (!changes) throw usage_failure("set-pool: name what to change");
  }
};

}  // namespace

std::unique_ptr<Command> set_pool() { return std::make_unique<SetPool>(); }

}  // namespace demo::ctl
