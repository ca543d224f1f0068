#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/control.pb.h"

namespace demo::ctl {
namespace {

class ConfigReset : public ChangeCommand<api::ResetConfigRequest, api::ResetConfigResponse> {
 public:
  ConfigReset()
      : ChangeCommand({.name = "config reset",
                       .chapter = Chapter::kConfiguration,
                       .summary = "go back to what flags and configuration file say",
                       .examples = {{"config reset --dry-run", "what it would change"},
                                    {"config reset", "undo everything that was changed at run time"}}}) {
    flag("--allow-empty", "go back to a file that sets nothing, too",
         [this] { request_.set_allow_empty(true); });
    change_options();
  }

 protected:
  std::chrono::milliseconds patience() const override { return std::chrono::seconds(60); }
};

}  // namespace

std::unique_ptr<Command> config_reset() { return std::make_unique<ConfigReset>(); }

}  // namespace demo::ctl
