#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/json.h"
#include "values/closest_word.h"

namespace demo::ctl {
namespace {

constexpr std::array<const char*, 3> kWhich{"running", "saved", "file"};

class ConfigShow : public Command {
 public:
  ConfigShow()
      : Command(
            {.name = "config show",
             .chapter = Chapter::kConfiguration,
             .summary = "print the desired state as JSON",
             .details =
                 "What it prints is what config apply reads: the names of the API, values as the flags spell "
                 "them (JSON in democtl(1)).",
             .examples = {{"config show > state.json", "keep the running state"},
                          {"config show --which file", "what flags and configuration file say"},
                          {"config show | jq '.client_keepalive.enabled = true' | democtl config apply -",
                           "change what no verb changes alone"}}}) {
    option("--which", "running|saved|file", "which state (default running)", [this](const std::string& text) {
      if (std::find(kWhich.begin(), kWhich.end(), text) == kWhich.end()) {
        throw usage_failure(fmt::format("\"{}\" is not one of running, saved, file{}", text,
                                        did_you_mean(text, {kWhich.begin(), kWhich.end()})));
      }
      which_ = text;
    });
  }

  ExitCode run(Session& session) override {
    api::GetConfigResponse response;
    session.call(api::GetConfigRequest(), response);
    if (which_ == "saved" && !response.has_saved()) {
      throw Failure(ExitCode::kNotFound, "nothing is saved: the daemon has no state file");
    }
    const api::Config& config = which_ == "running" ? response.running()
                                : which_ == "saved" ? response.saved()
                                                    : response.file();
    session.print_json(config);
    return ExitCode::kDone;
  }

 private:
  std::string which_ = "running";
};

}  // namespace

std::unique_ptr<Command> config_show() { return std::make_unique<ConfigShow>(); }

}  // namespace demo::ctl
