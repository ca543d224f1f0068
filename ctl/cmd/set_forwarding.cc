#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"

namespace demo::ctl {
namespace {

class SetForwarding : public ChangeCommand<api::SetForwardingRequest, api::SetForwardingResponse> {
 public:
  SetForwarding()
      : ChangeCommand(
            {.name = "set-forwarding",
             .chapter = Chapter::kTraffic,
             .summary = "choose the fields that the proxy adds to a request",
             .details = "Only what is named changes.",
             .examples = {{"set-forwarding --x-forwarded on --via on", "tell backends who asked"}}}) {
    setting_options(request_, "forwarding");
    change_options();
  }

 protected:
  void check() override {
    if (!request_.has_forwarding()) throw usage_failure("set-forwarding: name what to change");
  }
};

}  // namespace

std::unique_ptr<Command> set_forwarding() { return std::make_unique<SetForwarding>(); }

}  // namespace demo::ctl
