#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/mutation.h"
#include "demo/control/v1/control.pb.h"
#include "input_file.h"
#include "json/read_message.h"

namespace demo::ctl {
namespace {

class ConfigApply : public Mutation<api::ApplyConfigRequest, api::ApplyConfigResponse> {
 public:
  ConfigApply()
      : Mutation(
            {.name = "config apply",
             .chapter = Chapter::kConfiguration,
             .summary = "replace the whole desired state by a JSON file",
             .details =
                 "Applied at once or not at all. What the file leaves out goes back to its default, what it "
                 "does not list goes away. A field that there is not, or that is there twice, is refused "
                 "with its "
                 "line and column.",
             .examples = {{"config apply state.json --dry-run", "what it would change"},
                          {"config apply state.json", "change it"},
                          {"config apply -", "read standard input"}}}) {
    positional("FILE", "a state as config show prints it, - for standard input",
               [this](const std::string& path) {
                 const std::string text = path == "-" ? read_standard_input() : read_input(path);
                 const json::Reading reading = json::read_message(text, *request_.mutable_config());
                 if (reading.problem) {
                   throw usage_failure(
                       fmt::format("{}:{}", path == "-" ? "standard input" : path, reading.problem->text()));
                 }
               });
    change_options();
  }

 protected:
  std::chrono::milliseconds patience() const override { return std::chrono::seconds(60); }
};

}  // namespace

std::unique_ptr<Command> config_apply() { return std::make_unique<ConfigApply>(); }

}  // namespace demo::ctl
