#include <fmt/format.h>

#include <chrono>
#include <ostream>

#include "cmd/commands.h"
#include "cmd/file_text.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"
#include "values/duration_text.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

std::int64_t now_s() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
}

std::string on_off(bool value) { return value ? "on" : "off"; }

// One line a fact, so that it reads like a sheet of paper and greps like one.
Sheet facts_of(const api::GetStatusResponse& status) {
  Sheet sheet;
  sheet.columns = {{"fact"}, {"value"}};
  const auto fact = [&](const char* name, std::string value) {
    sheet.rows.push_back({name, std::move(value)});
  };
  fact("demo-server", fmt::format("{}, process {}, up {}", status.version(), status.pid(),
                                  format_age(now_s() - status.started().seconds())));
  fact("state", status.degraded() ? "degraded" : "good");
  fact("generation", std::to_string(status.generation()));
  // A daemon of an earlier version does not tell.
  if (status.has_file()) fact("configuration", comparison_text(status.file()));
  fact("started from", fmt::format("{}, changes {}", status.config_source(),
                                   status.persistent() ? "are kept over restarts" : "are lost at a restart"));
  if (!status.upgrade().under_way().empty()) fact("upgrade", status.upgrade().under_way());
  if (!status.upgrade().failure().empty()) fact("last upgrade", "failed: " + status.upgrade().failure());
  fact("workers", fmt::format("{} of {} ready", status.workers_ready(), status.workers()));
  fact("accept mode", enum_word(status.accept_mode()));
  fact("keepalive", fmt::format("clients {}, backends {}", on_off(status.client_keepalive()),
                                on_off(status.backend_keepalive())));
  fact("listeners", std::to_string(status.listeners()));
  fact("backends", status.backends() == 0
                       ? "none"
                       : fmt::format("{} of {} usable", status.backends_usable(), status.backends()));
  fact("log level", enum_word(status.log_level()));
  return sheet;
}

// With a row for each problem, for programs.
Sheet all_facts_of(const api::GetStatusResponse& status) {
  Sheet sheet = facts_of(status);
  for (const std::string& problem : status.problems()) sheet.rows.push_back({"problem", problem});
  return sheet;
}

void print_facts(std::ostream& out, const api::GetStatusResponse& status) {
  for (const auto& row : facts_of(status).rows) {
    out << fmt::format("{}{}\n", fit_to_width(row[0].text + ":", 16), printable(row[1].text));
  }
  for (const std::string& problem : status.problems()) out << "! " << printable(problem) << '\n';
}

class Status : public Command {
 public:
  Status()
      : Command({.name = "status",
                 .chapter = Chapter::kWatching,
                 .summary = "how the daemon is, in short",
                 .details = "Lines that start with \"!\" say what is not as asked for, and warn.",
                 .examples = {{"status", "version, workers, listeners, backends and problems"},
                              {"status -o json", "the same for a program"},
                              {"status -o json | jq -r '.problems[]'", "the problems alone"}},
                 .columns = columns_of(facts_of(api::GetStatusResponse())),
                 .keeps_order = true}) {}

  ExitCode run(Invocation& invocation) override {
    api::GetStatusResponse status;
    invocation.call(api::GetStatusRequest(), status);
    if (invocation.settings().fields.empty() && invocation.prints_table()) {
      print_facts(invocation.console().out, status);
    } else {
      invocation.print(all_facts_of(status), status, {&status});
    }
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> status() { return std::make_unique<Status>(); }

}  // namespace demo::ctl
