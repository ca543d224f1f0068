#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/topology.pb.h"

namespace demo::ctl {
namespace {

class RemoveListener : public ChangeCommand<api::RemoveListenerRequest, api::RemoveListenerResponse> {
 public:
  RemoveListener()
      : ChangeCommand(
            {.name = "remove-listener",
             .chapter = Chapter::kListeners,
             .summary = "stop listening on an address",
             .details = "Requests in flight finish; idle connections close. Once this is answered another "
                        "program can have the port; where that takes longer, the answer says so.",
             .examples = {{"remove-listener :81", "no further connection is accepted on port 81"}}}) {
    positional(
        "LISTENER", "the address, as listeners prints it",
        [this](const std::string& text) { request_.set_address(text); }, "address");
    flag("--ignore-missing", "succeed when there is no such listener",
         [this] { request_.set_ignore_missing(true); });
    change_options();
  }
};

}  // namespace

std::unique_ptr<Command> remove_listener() { return std::make_unique<RemoveListener>(); }

}  // namespace demo::ctl
