#include <algorithm>
#include <ostream>

#include "cmd/commands.h"
#include "completion/completion.h"
#include "completion/live_names.h"
#include "session/session.h"

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

  ExitCode run(Session& session) override {
    Settings settings;
    // The names of the daemon that the line itself is about.
    const auto target = std::find(words_.begin(), words_.end(), "--target");
    if (target != words_.end() && target + 1 != words_.end()) settings.target = target[1];
    const std::vector<Argument> global = global_arguments(settings);
    Session asking(settings, session.console(), session.table());
    for (const std::string& line : ctl::complete(words_, session.table(), global, live_names(asking))) {
      session.console().out << line << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> complete() { return std::make_unique<Complete>(); }

}  // namespace demo::ctl
