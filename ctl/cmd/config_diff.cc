#include <ostream>

#include "cmd/commands.h"
#include "cmd/file_text.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"

namespace demo::ctl {
namespace {

class ConfigDiff : public Command {
 public:
  ConfigDiff()
      : Command({.name = "config diff",
                 .chapter = Chapter::kConfiguration,
                 .summary = "print how the running state differs from the file, or from what is saved",
                 .details = "One line a value; nothing when they are the same. The file is read anew; config "
                            "apply-file --dry-run tells which side made which change.",
                 .examples = {{"config diff", "how the running state differs from flags and file"},
                              {"config diff --saved", "what a restart would lose"}},
                 .columns = {"difference"}}) {
    flag("--saved", "compare with the saved state instead of flags and file", [this] { saved_ = true; });
  }

  ExitCode run(Session& session) override {
    api::GetConfigResponse response;
    session.call(api::GetConfigRequest(), response);
    if (saved_ && !response.has_saved()) {
      throw Failure(ExitCode::kNotFound, "nothing is saved: the daemon has no state file");
    }
    if (!saved_) warn_of_file(session, response);
    const auto& lines = saved_ ? response.differences_from_saved() : response.differences_from_file();
    const Output output = session.settings().output;
    Sheet sheet;
    sheet.columns = {{"difference"}};
    for (const std::string& line : lines) sheet.rows.push_back({line});
    if (output != Output::kTable && output != Output::kWide) {
      session.print_rows(std::move(sheet));
      return ExitCode::kDone;
    }
    if (!session.settings().sort.empty()) reorder(sheet, row_order(sheet, session.settings().sort));
    if (!session.settings().fields.empty()) sheet = with_fields(sheet, session.settings().fields);
    for (const auto& row : sheet.rows) session.console().out << printable(row[0].text) << '\n';
    return ExitCode::kDone;
  }

 private:
  bool saved_ = false;
};

}  // namespace

std::unique_ptr<Command> config_diff() { return std::make_unique<ConfigDiff>(); }

}  // namespace demo::ctl
