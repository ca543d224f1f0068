#include <ostream>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/control.pb.h"

namespace demo::ctl {
namespace {

class ConfigSave : public Command {
 public:
  ConfigSave()
      : Command(
            {.name = "config save",
             .chapter = Chapter::kConfiguration,
             .summary = "write the running state to the state file",
             .details = "Changes are saved as they are made; this saves those made with --no-persist too.",
             .examples = {{"config save", "what runs now survives a restart"}},
             .prints = Prints::kAnswer}) {}

  ExitCode run(Invocation& invocation) override {
    api::SaveConfigResponse response;
    invocation.call(api::SaveConfigRequest(), response);
    if (invocation.prints_json()) {
      invocation.print_json(response);
    } else {
      invocation.console().out << "saved\n";
    }
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> config_save() { return std::make_unique<ConfigSave>(); }

}  // namespace demo::ctl
