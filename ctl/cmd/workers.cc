#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

// Why a worker does not do what its state says; empty for one that does.
std::string problem_of(const api::WorkerStatus& worker) {
  std::string text = worker.trouble();
  for (const std::string& problem : worker.problems()) text += (text.empty() ? "" : "; ") + problem;
  return text;
}

Sheet sheet_of(const api::ListWorkersResponse& response) {
  Sheet sheet;
  sheet.columns = {
      {"worker", Align::kRight}, {"core", Align::kRight},     {"pid", Align::kRight}, {"state"},
      {"gen", Align::kRight},    {"respawns", Align::kRight}, {"last-exit"},          {"problem"}};
  for (const api::WorkerStatus& worker : response.workers()) {
    const Cell pid = worker.pid() == 0 ? absent_cell() : count_cell(static_cast<std::uint64_t>(worker.pid()));
    sheet.rows.push_back({count_cell(worker.worker()), count_cell(worker.core()), pid,
                          enum_word(worker.state()), count_cell(worker.generation()),
                          count_cell(worker.respawns()), optional_cell(worker.last_exit()),
                          optional_cell(problem_of(worker))});
  }
  return sheet;
}

class Workers : public Command {
 public:
  Workers()
      : Command({.name = "workers",
                 .chapter = Chapter::kWorkers,
                 .summary = "list the worker processes",
                 .details =
                     "gen is the generation that the worker acknowledged last. A process that drains "
                     "stands below "
                     "the workers, until it has left. problem says why one does not serve as its state "
                     "says.",
                 .examples = {{"workers", "core, process, state and deaths of each"},
                              {"workers --sort respawns:desc", "the unluckiest first"},
                              {"workers -o jsonl | jq 'select(.state != \"ready\") | .worker'",
                               "those that do not serve"}},
                 .columns = columns_of(sheet_of(api::ListWorkersResponse()))}) {}

  ExitCode run(Invocation& invocation) override {
    api::ListWorkersResponse response;
    invocation.call(api::ListWorkersRequest(), response);
    invocation.print(sheet_of(response), response, items_of(response.workers()));
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> workers() { return std::make_unique<Workers>(); }

}  // namespace demo::ctl
