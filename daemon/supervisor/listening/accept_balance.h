#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "supervisor/api/stats_sample.h"

namespace demo {

// Whether the workers share new connections, judged over ten seconds at a time: with accept mode
// reuseport-cpu all connections of one client host can end up on one core. Pure: fed with samples.
class AcceptBalance {
 public:
  // by_core: some listener lets the core that took the packet choose.
  void feed(const StatsSample& sample, bool by_core);
  // One sentence for the operator; empty when all is well.
  const std::string& warning() const { return warning_; }

 private:
  void judge(const StatsSample& now);

  StatsSample begin_;  // of the present ten seconds; no workers before the first sample
  std::string warning_;
};

}  // namespace demo
