#include <ostream>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "export/export_commands.h"

namespace demo::ctl {
namespace {

class ConfigExportCommands : public Command {
 public:
  ConfigExportCommands()
      : Command({.name = "config export-commands",
                 .chapter = Chapter::kConfiguration,
                 .summary = "print the democtl commands that make the running state",
                 .details = "For a daemon with default settings and no listener. The output is a script for "
                            "sh, which ends at the first command that fails.",
                 .examples = {{"config export-commands > rebuild.sh", "keep the running state as commands"}},
                 .columns = {"command"},
                 .keeps_order = true}) {}

  ExitCode run(Invocation& invocation) override {
    api::GetConfigResponse response;
    invocation.call(api::GetConfigRequest(), response);
    Sheet sheet;
    sheet.columns = {{"command"}};
    const std::vector<std::string> commands = export_commands(response.running());
    if (invocation.prints_table()) {
      invocation.console().out << "set -e\n";
      for (const std::string& command : commands) invocation.console().out << command << '\n';
      return ExitCode::kDone;
    }
    for (const std::string& command : commands) sheet.rows.push_back({command});
    invocation.print_rows(std::move(sheet));
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> config_export_commands() { return std::make_unique<ConfigExportCommands>(); }

}  // namespace demo::ctl
