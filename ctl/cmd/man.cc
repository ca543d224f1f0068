#include <ostream>

#include "cmd/commands.h"
#include "invocation/invocation.h"
#include "verb/man_page.h"

namespace demo::ctl {
namespace {

// The build calls it to make democtl(1).
class Man : public Command {
 public:
  Man()
      : Command({.name = "__man", .summary = "print democtl(1)", .hidden = true, .prints = Prints::kText}) {}

  ExitCode run(Invocation& invocation) override {
    Settings unused;
    invocation.console().out << man_page(invocation.table(), global_arguments(unused), DEMO_VERSION);
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> man() { return std::make_unique<Man>(); }

}  // namespace demo::ctl
