#include <algorithm>
#include <ostream>

#include "cmd/commands.h"
#include "completion/completion.h"
#include "completion/live_names.h"
#include "invocation/invocation.h"

namespace demo::ctl {
namespace {

// What the completion scripts of packaging/completions/ ask.
class Complete : public Command {
 public:
  Complete()
      : Command({.name = "__complete",
                 .summary = "what may stand in place of the last word",
                 .hidden = true,
                 .prints = Prints::kText}) {
    repeated_positional("WORD", "the words after democtl, the last one begun",
                        [this](const std::string& word) { words_.push_back(word); });
  }

  ExitCode run(Invocation& invocation) override {
    Settings settings;
    // The names of the daemon that the line itself is about.
    const auto target = std::find(words_.begin(), words_.end(), "--target");
    if (target != words_.end() && target + 1 != words_.end()) settings.target = target[1];
    const std::vector<Argument> global = global_arguments(settings);
    Invocation asking(settings, invocation.console(), invocation.table());
    for (const std::string& line : ctl::complete(words_, invocation.table(), global, live_names(asking))) {
      invocation.console().out << line << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> complete() { return std::make_unique<Complete>(); }

}  // namespace demo::ctl
