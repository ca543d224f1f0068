#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"
#include "values/enum_text.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

class AcceptMode : public ChangeCommand<api::SetAcceptModeRequest, api::SetAcceptModeResponse> {
 public:
  AcceptMode()
      : ChangeCommand(
            {.name = "accept-mode",
             .chapter = Chapter::kTraffic,
             .summary = "choose how connections reach the workers",
             .details =
                 "shared: one socket, every worker is woken. exclusive: one socket, one worker is woken. "
                 "reuseport: a socket a worker, the kernel's hash chooses. reuseport-cpu: a socket a "
                 "worker, the worker of the core that took the packet is chosen; right when the network "
                 "card spreads packets over the cores, wrong with one client on loopback. No connection "
                 "is refused or reset by a switch. \"default\" lets a listener follow the daemon again.",
             .examples = {
                 {"accept-mode reuseport-cpu", "for the daemon and every listener that follows it"},
                 {"accept-mode exclusive --listener :81", "for one listener"},
                 {"accept-mode default --listener :81", "that listener follows the daemon again"}}}) {
    positional(
        field_placeholder(request_, "mode") + "|default", "the mode",
        [this](const std::string& text) {
          if (text == "default") {
            request_.set_use_default(true);
          } else {
            request_.set_mode(static_cast<api::AcceptMode>(
                parse_enum(*api::AcceptMode_descriptor(), text, {"default"}).number()));
          }
        },
        "mode");
    field_option("--listener", request_, "listener", "this listener alone", "LISTENER");
    change_options();
  }

 protected:
  void check() override {
    if (request_.use_default() && request_.listener().empty())
      throw usage_failure("accept-mode: \"default\" goes with --listener");
  }
};

}  // namespace

std::unique_ptr<Command> accept_mode() { return std::make_unique<AcceptMode>(); }

}  // namespace demo::ctl
