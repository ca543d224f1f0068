#include "cmd/file_text.h"

#include <fmt/format.h>

#include <ostream>
#include <string>

#include "format/text_width.h"
#include "text/counted.h"

namespace demo::ctl {

std::string comparison_text(const api::FileComparison& comparison) {
  constexpr const char* kWayOut = " (democtl config apply-file)";
  const std::string file = comparison.file().empty() ? "the flags" : comparison.file();
  if (!comparison.problem().empty()) {
    return fmt::format("{} cannot be used: {}", file, comparison.problem());
  }
  if (comparison.equal()) return fmt::format("equal to {}", file);
  if (!comparison.base_known()) {
    return fmt::format("differs from {} in {}, which side changed {} is not known{}", file,
                       text::counted(comparison.differences(), "value"),
                       comparison.differences() == 1 ? "it" : "them", kWayOut);
  }
  std::string text = fmt::format("differs from {}: {}", file,
                                 text::counted(comparison.runtime_changes(), "run-time change"));
  if (!comparison.file().empty()) {
    text += fmt::format(", {} in the file not applied", text::counted(comparison.file_changes(), "change"));
  } else if (comparison.file_changes() > 0) {
    text += fmt::format(", {} of the flags not applied", text::counted(comparison.file_changes(), "change"));
  }
  if (comparison.collisions() > 0) text += ", " + text::counted(comparison.collisions(), "collision");
  return comparison.file_changes() > 0 ? text + kWayOut : text;
}

void warn_of_file(Invocation& invocation, const api::GetConfigResponse& response) {
  if (response.file_problem().empty()) return;
  invocation.console().tell(fmt::format(
      "the file cannot be used now ({}): this is about flags and file as they could be used last (democtl "
      "status tells what comes of it, demo-server --config FILE --check-config all that is wrong with it)",
      response.file_problem()));
}

}  // namespace demo::ctl
