#include <ostream>
#include <string>

#include "cmd/commands.h"
#include "cmd/file_text.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/json.h"

namespace demo::ctl {
namespace {

class ConfigShow : public Command {
 public:
  ConfigShow()
      : Command(
            {.name = "config show",
             .chapter = Chapter::kConfiguration,
             .summary = "print the desired state as JSON, or as a configuration file",
             .details =
                 "What it prints is what config apply reads: the names of the API, values as the flags spell "
                 "them (JSON in democtl(1)). With -o toml it is what demo-server --config reads.",
             .examples = {{"config show > state.json", "keep the running state"},
                          {"config show -o toml > demo-server.toml",
                           "the running state as demo-server.toml(5), defaults left out"},
                          {"config show --which file", "what flags and configuration file say"},
                          {"config show | jq '.client_keepalive.enabled = true' | "
                           "democtl config apply - --expect-generation $gen",
                           "change what no verb changes alone, unless others changed something since "
                           "gen=$(democtl status -o json | jq .generation)"}},
             .prints = Prints::kConfiguration}) {
    word_option("--which", {"running", "saved", "file"}, "which state (default running)",
                [this](const std::string& state) { which_ = state; });
  }

  ExitCode run(Invocation& invocation) override {
    const bool toml = invocation.settings().output == Output::kToml;
    api::GetConfigRequest request;
    request.set_toml(toml);
    api::GetConfigResponse response;
    invocation.call(request, response);
    if (which_ == "saved" && !response.has_saved()) {
      throw Failure(ExitCode::kNotFound, "nothing is saved: the daemon has no state file");
    }
    if (which_ == "file") warn_of_file(invocation, response);
    if (toml) {
      invocation.console().out << (which_ == "running" ? response.running_toml()
                                   : which_ == "saved" ? response.saved_toml()
                                                       : response.file_toml());
      return ExitCode::kDone;
    }
    const api::Config& config = which_ == "running" ? response.running()
                                : which_ == "saved" ? response.saved()
                                                    : response.file();
    invocation.print_json(config);
    return ExitCode::kDone;
  }

 private:
  std::string which_ = "running";
};

}  // namespace

std::unique_ptr<Command> config_show() { return std::make_unique<ConfigShow>(); }

}  // namespace demo::ctl
