#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/control.pb.h"
#include "input_file.h"
#include "json/read_message.h"
#include "text/api_sizes.h"
#include "text/told_problems.h"
#include "text_kind.h"

namespace demo::ctl {
namespace {

// Lines of differences that take a listener, pool or backend away.
std::vector<std::string> removals(const api::MutationResult& result) {
  std::vector<std::string> lines;
  for (const std::string& line : result.differences()) {
    const std::string path = line.substr(0, line.find(": - "));
    const bool is_list =
        path == "listeners" || path == "pools" || (path.starts_with("pools.") && path.ends_with(".backends"));
    if (path.size() < line.size() && is_list) lines.push_back(line);
  }
  return lines;
}

class ConfigApply : public ChangeCommand<api::ApplyConfigRequest, api::ApplyConfigResponse> {
 public:
  ConfigApply()
      : ChangeCommand(
            {.name = "config apply",
             .chapter = Chapter::kConfiguration,
             .summary = "replace the whole desired state by a JSON file",
             .details =
                 "Applied at once or not at all. What the file leaves out goes back to its default, what it "
                 "does not list goes away: listeners, pools and backends do so with --yes alone, and are "
                 "listed without it. All that is wrong with the file is told at once, with file, line and "
                 "column, and the range that is allowed.",
             .examples = {{"config apply state.json --dry-run", "what it would change"},
                          {"config apply state.json", "change it, where nothing is removed"},
                          {"config apply state.json --yes", "change it, and remove what it does not list"},
                          {"config apply -", "read standard input"}}}) {
    positional("FILE", "a state as config show prints it, - for standard input",
               [this](const std::string& path) {
                 request_.set_name(name_of_text(path));
                 request_.set_json(read_text(path));
               });
    flag("--yes", "remove the listeners, pools and backends that FILE does not list",
         [this] { yes_ = true; });
    change_options();
    request_.set_problems_in_answer(true);
  }

  ExitCode run(Invocation& invocation) override {
    check_text();
    if (yes_ || request_.options().dry_run()) return ChangeCommand::run(invocation);
    const bool any_generation = !request_.options().has_expected_generation();
    for (int tries = kTries;; --tries) {
      refuse_removals(invocation);
      try {
        return ChangeCommand::run(invocation);
      } catch (const Failure& failure) {
        const bool moved_on = failure.field() == "expected_generation";
        if (!any_generation || !moved_on) throw;
        if (tries == 1) {
          throw Failure(ExitCode::kConflict,
                        "nothing changed: the state kept changing meanwhile, so that it is not known what "
                        "would be removed: try again");
        }
        request_.mutable_options()->clear_expected_generation();
      }
    }
  }

 protected:
  std::chrono::milliseconds patience() const override { return std::chrono::seconds(60); }
  void check_answer(const api::ApplyConfigResponse& response) override {
    refuse_problems(response.problems());
  }

 private:
  // How often the state may be changed by others between the look at what would be removed and the change.
  static constexpr int kTries = 5;

  // Throws what the change would remove; otherwise the change is on condition of what was seen.
  void refuse_removals(Invocation& invocation) {
    api::ApplyConfigRequest look = request_;
    look.mutable_options()->set_dry_run(true);
    api::ApplyConfigResponse response;
    invocation.call(look, response, patience());
    check_answer(response);
    const std::vector<std::string> lines = removals(response.result());
    if (lines.empty()) {
      return request_.mutable_options()->set_expected_generation(response.result().generation());
    }
    std::vector<std::string> told;
    for (const std::string& line : lines) {
      if (told.size() == text::kToldProblems) {
        told.push_back(fmt::format("and {} more", lines.size() - told.size()));
        break;
      }
      told.push_back("would be removed: " + line);
    }
    throw Failure(ExitCode::kConflict,
                  "nothing changed: what FILE does not list is removed with --yes alone (--dry-run shows the "
                  "whole change)",
                  "", std::move(told));
  }

  // The daemon reads the text: it knows what each field takes, and tells all problems with their places. One
  // that is too long for a request is read here.
  void check_text() {
    if (begins_like_toml(request_.json())) {
      throw usage_failure(request_.name() +
                          " is TOML, and a state is JSON: democtl config apply-file takes the changes of a "
                          "configuration file in TOML");
    }
    if (request_.json().size() <= text::kStateTextBytes) return;
    const json::Reading reading = json::read_message(request_.json(), *request_.mutable_config());
    std::vector<std::string> all;
    for (const json::Problem& problem : reading.problems) {
      all.push_back(fmt::format("{}:{}", request_.name(), problem.text()));
    }
    if (reading.more > 0) all.push_back(fmt::format("{}: and {} more", request_.name(), reading.more));
    if (!all.empty()) throw Failure(ExitCode::kUsage, all.front(), "", {all.begin() + 1, all.end()});
    request_.clear_json();
    request_.clear_name();
  }

  bool yes_ = false;
};

}  // namespace

std::unique_ptr<Command> config_apply() { return std::make_unique<ConfigApply>(); }

}  // namespace demo::ctl
