#include "cmd/file_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <ostream>

#include "format/text_width.h"

namespace demo::ctl {
namespace {

std::string count(std::uint32_t number, const char* what, const char* rest = "") {
  return fmt::format("{} {}{}{}", number, what, number == 1 ? "" : "s", rest);
}

}  // namespace

std::string comparison_text(const api::FileComparison& comparison) {
  constexpr const char* kWayOut = " (democtl config apply-file)";
  const std::string file = comparison.file().empty() ? "the flags" : comparison.file();
  if (!comparison.problem().empty()) {
    return fmt::format("{} cannot be used: {}", file, comparison.problem());
  }
  if (comparison.equal()) return fmt::format("equal to {}", file);
  if (!comparison.base_known()) {
    return fmt::format("differs from {} in {}, which side changed {} is not known{}", file,
                       count(comparison.differences(), "value"),
                       comparison.differences() == 1 ? "it" : "them", kWayOut);
  }
  std::string text =
      fmt::format("differs from {}: {}, {}", file, count(comparison.runtime_changes(), "run-time change"),
                  count(comparison.file_changes(), "change", " in the file not applied"));
  if (comparison.collisions() > 0) text += ", " + count(comparison.collisions(), "collision");
  return comparison.file_changes() > 0 ? text + kWayOut : text;
}

void warn_of_file(Session& session, const api::GetConfigResponse& response) {
  if (response.file_problem().empty()) return;
  session.console().err << fmt::format(
      "democtl: the file cannot be used now ({}): this is about flags and file as they could be used last\n",
      printable(response.file_problem()));
}

}  // namespace demo::ctl
