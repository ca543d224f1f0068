#pragma once

#include <string>

#include "stats/stats_area.h"
#include "supervisor/api/stats_sample.h"
#include "supervisor/figures/stats_sampler.h"
#include "supervisor/listening/accept_balance.h"
#include "supervisor/reports/event_recorder.h"
#include "supervisor/workers/worker_set.h"

namespace demo {

// What is made of the figures of all workers each second: whether they share new connections, and what -v
// prints. Runs on the supervisor's loop.
class SecondReport {
 public:
  // What it reads, and whose extremes of a second it zeroes: borrowed.
  struct Parts {
    const StatsSampler& sampler;
    StatsArea& stats;
    const WorkerSet& workers;
    EventRecorder& events;
  };

  SecondReport(const Parts& parts, bool verbose) : parts_(parts), verbose_(verbose) {}

  // by_core: some listener lets the core that took the packet choose the worker.
  void look(bool by_core);
  // AcceptBalance::warning(). It ends with the accept mode that it is about, and a later one begins anew.
  const std::string& warning() const { return balance_.warning(); }

 private:
  void judge(const StatsSample& now, bool by_core);
  void print(StatsSample now);

  const Parts parts_;
  const bool verbose_;
  AcceptBalance balance_;
  StatsSample last_;  // a second ago; none before the first
};

}  // namespace demo
