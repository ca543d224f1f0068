#include <fmt/format.h>

#include <ostream>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

class WhoAmI : public Command {
 public:
  WhoAmI()
      : Command({.name = "whoami",
                 .chapter = Chapter::kClient,
                 .summary = "who the daemon takes you for, and what you may do",
                 .examples = {{"whoami", "the name that changes are recorded with, and the role"}},
                 .columns = {"name", "role"}}) {}

  ExitCode run(Invocation& invocation) override {
    api::WhoAmIResponse who;
    invocation.call(api::WhoAmIRequest(), who);
    Sheet sheet;
    sheet.columns = {{"name"}, {"role"}};
    sheet.rows.push_back({printable(who.name()), enum_word(who.role())});
    invocation.print(std::move(sheet), who, {&who});
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> whoami() { return std::make_unique<WhoAmI>(); }

}  // namespace demo::ctl
