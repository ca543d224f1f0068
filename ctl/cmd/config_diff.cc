#include <ostream>

#include "cmd/commands.h"
#include "cmd/file_text.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

class ConfigDiff : public Command {
 public:
  ConfigDiff()
      : Command({.name = "config diff",
                 .chapter = Chapter::kConfiguration,
                 .summary = "print how the running state differs from the file, or from what is saved",
                 .details =
                     "One line a value; nothing when they are the same. The file is read anew. Each value "
                     "is told as flags and file had it when they were last read, as they have it now, "
                     "and as it runs, so that it is seen who changed it; and whether config apply-file "
                     "would take it, keep it, or not do so because both changed it.",
                 .examples = {{"config diff", "how the running state differs from flags and file"},
                              {"config diff --saved", "what a restart would lose"}},
                 .columns = {"difference", "path", "last-read", "file", "running", "apply-file"}}) {
    flag("--saved", "compare with the saved state instead of flags and file", [this] { saved_ = true; });
  }

  ExitCode run(Invocation& invocation) override {
    api::GetConfigResponse response;
    invocation.call(api::GetConfigRequest(), response);
    if (saved_ && !response.has_saved()) {
      throw Failure(ExitCode::kNotFound, "nothing is saved: the daemon has no state file");
    }
    if (saved_) {
      print_lines(invocation, response.differences_from_saved());
    } else if (tells_lines_alone(response)) {
      print_lines(invocation, response.differences_from_file());
    } else {
      print_origins(invocation, response);
    }
    return ExitCode::kDone;
  }

 private:
  static Cell value_cell(bool there, const std::string& text) {
    return there ? Cell(printable(text)) : absent_cell();
  }

  // A daemon of version 0.1.0 does not tell who changed what.
  static bool tells_lines_alone(const api::GetConfigResponse& response) {
    return response.file_differences().empty() && !response.differences_from_file().empty();
  }

  static void print_lines(Invocation& invocation,
                          const google::protobuf::RepeatedPtrField<std::string>& lines) {
    Sheet sheet;
    sheet.columns = {{"difference"}};
    for (const std::string& line : lines) sheet.rows.push_back({line});
    if (!invocation.prints_table()) return invocation.print_rows(std::move(sheet));
    if (!invocation.settings().sort.empty()) reorder(sheet, row_order(sheet, invocation.settings().sort));
    if (!invocation.settings().fields.empty()) sheet = with_fields(sheet, invocation.settings().fields);
    for (const auto& row : sheet.rows) invocation.console().out << printable(row[0].text) << '\n';
  }

  static void print_origins(Invocation& invocation, const api::GetConfigResponse& response) {
    warn_of_file(invocation, response);
    Sheet sheet;
    sheet.columns = {{.name = "path", .names = true},
                     {.name = "last-read", .rank = 4, .wraps = true},
                     {.name = "file", .rank = 3, .wraps = true},
                     {.name = "running", .rank = 2, .wraps = true},
                     {.name = "apply-file", .rank = 1}};
    for (const api::FileDifference& value : response.file_differences()) {
      sheet.rows.push_back({printable(value.path()), value_cell(value.has_base(), value.base()),
                            value_cell(value.has_file(), value.file()),
                            value_cell(value.has_running(), value.running()), enum_word(value.change())});
    }
    if (!response.file_base_known() && !sheet.rows.empty()) {
      invocation.console().err
          << "democtl: what the file was when it was last read is not known, so that each "
             "difference collides\n";
    }
    if (invocation.prints_table() && sheet.rows.empty()) {
      if (!invocation.settings().fields.empty())
        (void)with_fields(sheet, invocation.settings().fields);                                     // checked
      if (!invocation.settings().sort.empty()) (void)row_order(sheet, invocation.settings().sort);  // checked
      return;
    }
    invocation.print_rows(std::move(sheet));
  }

  bool saved_ = false;
};

}  // namespace

std::unique_ptr<Command> config_diff() { return std::make_unique<ConfigDiff>(); }

}  // namespace demo::ctl
