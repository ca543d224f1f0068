#include <ostream>

#include "cmd/commands.h"
#include "completion/shell_scripts.h"
#include "invocation/invocation.h"
#include "values/closest_word.h"

namespace demo::ctl {
namespace {

class Completion : public Command {
 public:
  Completion()
      : Command(
            {.name = "completion",
             .chapter = Chapter::kClient,
             .summary = "print the completion script of a shell",
             .details =
                 "The package installs all three. Names of listeners, backends and pools are those of the "
                 "running daemon.",
             .examples = {{"completion bash > ~/.local/share/bash-completion/completions/democtl",
                           "complete in bash, for one user"}},
             .prints = Prints::kText,
             .asks_nobody = true}) {
    positional("bash|zsh|fish", "the shell", [this](const std::string& shell) {
      if (shell == "bash") {
        script_ = kBashCompletion;
      } else if (shell == "zsh") {
        script_ = kZshCompletion;
      } else if (shell == "fish") {
        script_ = kFishCompletion;
      } else {
        throw usage_failure(not_one_of(shell, {"bash", "zsh", "fish"}));
      }
    });
  }

  ExitCode run(Invocation& invocation) override {
    invocation.console().out << script_;
    return ExitCode::kDone;
  }

 private:
  std::string_view script_;
};

}  // namespace

std::unique_ptr<Command> completion() { return std::make_unique<Completion>(); }

}  // namespace demo::ctl
