#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"

namespace demo::ctl {
namespace {

class Version : public Command {
 public:
  Version()
      : Command({.name = "version",
                 .chapter = Chapter::kClient,
                 .summary = "versions of democtl and of the daemon",
                 .details = "Succeeds without a daemon.",
                 .examples = {{"version", "both versions"}},
                 .columns = {"program", "version"}}) {}

  ExitCode run(Invocation& invocation) override {
    api::GetStatusResponse status;
    std::string daemon;
    try {
      invocation.call(api::GetStatusRequest(), status);
      daemon = printable(status.version());
    } catch (const Failure& failure) {
      daemon = "unreachable";
    }
    Sheet sheet;
    sheet.columns = {{"program"}, {"version"}};
    sheet.rows = {{"democtl", DEMO_VERSION}, {"demo-server", daemon}};
    invocation.print_rows(std::move(sheet));
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> version() { return std::make_unique<Version>(); }

}  // namespace demo::ctl
