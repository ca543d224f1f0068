#include "supervisor/reports/verbose_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace demo {
namespace {

const WorkerFigures& figures_of(const StatsSample& sample, unsigned index) {
  static const WorkerFigures kNone;
  for (const auto* workers : {&sample.workers, &sample.former}) {
    const auto worker = std::find_if(workers->begin(), workers->end(),
                                     [&](const WorkerSample& candidate) { return candidate.index == index; });
    if (worker != workers->end()) return worker->figures;
  }
  return kNone;
}

std::uint64_t aborts(const WorkerFigures& f) {
  return f.aborts_idle + f.aborts_head + f.aborts_body + f.aborts_waiting + f.aborts_receiving;
}

}  // namespace

std::vector<std::string> verbose_report(const StatsSample& earlier, const StatsSample& now) {
  std::vector<std::string> lines;
  std::uint64_t total = 0;
  for (const WorkerSample& worker : now.workers) {
    const WorkerFigures& before = figures_of(earlier, worker.index);
    const WorkerFigures& f = worker.figures;
    const std::uint64_t requests = f.requests - before.requests;
    const std::uint64_t empty = f.polls_empty - before.polls_empty;
    const std::uint64_t busy_polls = f.polls - before.polls - empty;
    const std::uint64_t events = f.events - before.events;
    total += requests;
    lines.push_back(
        fmt::format("worker {}: requests {}, events per epoll_wait: empty {} last {} min {} max {} average "
                    "{:.1f}, errors: accept {} "
                    "read {} write {}, clients left {}",
                    worker.index, requests, empty, f.events_last, f.events_min, f.events_max,
                    busy_polls == 0 ? 0.0 : static_cast<double>(events) / static_cast<double>(busy_polls),
                    f.accept_errors - before.accept_errors, f.read_errors - before.read_errors,
                    f.write_errors - before.write_errors, aborts(f) - aborts(before)));
  }
  const double seconds = static_cast<double>(now.monotonic_ns - earlier.monotonic_ns) / 1e9;
  lines.push_back(fmt::format("Request/s {:.0f}", seconds > 0 ? static_cast<double>(total) / seconds : 0.0));
  return lines;
}

}  // namespace demo
