#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/topology.pb.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

class SetListener : public ChangeCommand<api::UpdateListenerRequest, api::UpdateListenerResponse> {
 public:
  SetListener()
      : ChangeCommand(
            {.name = "set-listener",
             .chapter = Chapter::kListeners,
             .summary = "change a listener",
             .details = "Only what is named changes. Connections that are open stay open. A listener of mode "
                        "auto that forwards once goes on forwarding, without a backend too, until --mode "
                        "server; --mode auto after that decides anew by whether its pool has a backend.",
             .examples = {
                 {"set-listener :80 --mode proxy --pool api", "forward what arrives from now on"},
                 {"set-listener :80 --busy-poll 50us", "poll the device for 50 microseconds"},
                 {"set-listener :80 --reset accept_mode", "follow the daemon's accept mode again"}}}) {
    positional(
        "LISTENER", "the address, as listeners prints it",
        [this](const std::string& text) { request_.mutable_listener()->set_address(text); },
        "listener.address");
    setting_options(request_, "listener");
    reset_option(request_, "listener", {"address", "auto_forwards"}, "busy-poll");
    change_options();
  }

 protected:
  void check() override {
    const bool changes = sets_beyond(request_.listener(), {"address"}) || !request_.reset_fields().empty();
    if (!changes) throw usage_failure("set-listener: name what to change");
  }
};

}  // namespace

std::unique_ptr<Command> set_listener() { return std::make_unique<SetListener>(); }

}  // namespace demo::ctl
