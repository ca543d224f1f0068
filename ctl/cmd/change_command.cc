#include "cmd/change_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <thread>

#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"

namespace demo::ctl {
namespace {

using std::chrono::steady_clock;

// How often a waiting change looks again.
constexpr std::chrono::milliseconds kLookAgain{100};
// How long it looks when no --timeout says so.
constexpr std::chrono::seconds kWaitForWorkers{60};

std::size_t applied(const api::MutationResult& result) {
  const auto& workers = result.workers();
  return static_cast<std::size_t>(
      std::count_if(workers.begin(), workers.end(), [](const api::WorkerOutcome& w) { return w.applied(); }));
}

bool everywhere(const api::ListWorkersResponse& list, std::uint64_t generation) {
  const auto& workers = list.workers();
  return std::all_of(workers.begin(), workers.end(), [&](const api::WorkerStatus& worker) {
    // One that drains leaves with what it has.
    if (worker.state() == api::WORKER_STATE_DRAINING) return true;
    return worker.state() == api::WORKER_STATE_READY && worker.generation() >= generation;
  });
}

// Throws kTimedOut.
api::ListWorkersResponse wait_for_workers(Invocation& invocation, std::uint64_t generation) {
  const auto until = steady_clock::now() + invocation.settings().timeout.value_or(kWaitForWorkers);
  while (true) {
    api::ListWorkersResponse list;
    invocation.call(api::ListWorkersRequest(), list);
    if (everywhere(list, generation)) return list;
    if (steady_clock::now() >= until) {
      throw Failure(ExitCode::kTimedOut,
                    fmt::format("not every worker has applied generation {} yet", generation));
    }
    std::this_thread::sleep_for(kLookAgain);
  }
}

void complain(Invocation& invocation, unsigned worker, const std::string& why) {
  invocation.console().tell(fmt::format("worker {} has not applied it: {}", worker, why));
}

// What workers have acknowledged, but not put in force as a whole.
ExitCode report_problems(Invocation& invocation, const api::ListWorkersResponse& list) {
  ExitCode code = ExitCode::kDone;
  for (const api::WorkerStatus& worker : list.workers()) {
    for (const std::string& problem : worker.problems()) {
      complain(invocation, worker.worker(), problem);
      code = ExitCode::kPartial;
    }
  }
  return code;
}

void print_dry_run(Invocation& invocation, const api::MutationResult& result) {
  for (const std::string& line : result.differences()) invocation.console().out << printable(line) << '\n';
  const std::string_view what = result.differences().empty() ? "nothing would change" : "nothing changed";
  invocation.console().out << fmt::format("dry run at gen {}, {}\n", result.generation(), what);
}

}  // namespace

void refuse_problems(const google::protobuf::RepeatedPtrField<std::string>& problems) {
  if (problems.empty()) return;
  throw Failure(ExitCode::kUsage, problems.Get(0), "", {problems.begin() + 1, problems.end()});
}

ExitCode report_change(Invocation& invocation, const api::MutationResult& result,
                       const google::protobuf::Message& response, bool wait) {
  if (!result.dry_run()) {
    invocation.console().untold = fmt::format("; the change is in force (gen {})", result.generation());
  }
  const bool complete = applied(result) == static_cast<std::size_t>(result.workers_size());
  if (invocation.prints_json()) {
    invocation.print_json(response);
  } else if (result.dry_run()) {
    print_dry_run(invocation, result);
  } else {
    invocation.console().out << fmt::format("gen {}, {}/{} workers\n", result.generation(), applied(result),
                                            result.workers_size());
  }
  for (const std::string& warning : result.warnings()) {
    invocation.console().tell("warning: " + warning);
  }
  if (complete) return ExitCode::kDone;
  if (wait) {
    const ExitCode code = report_problems(invocation, wait_for_workers(invocation, result.generation()));
    if (code == ExitCode::kDone && !invocation.prints_json()) {
      invocation.console().out << "all workers have it now\n";
    }
    return code;
  }
  for (const api::WorkerOutcome& worker : result.workers()) {
    if (worker.applied()) continue;
    complain(invocation, worker.worker(), worker.error());
  }
  return ExitCode::kPartial;
}

}  // namespace demo::ctl
