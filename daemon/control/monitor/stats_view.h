#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "demo/control/v1/stats.pb.h"
#include "supervisor/api/stats_sample.h"

namespace demo {

// The parts and rows of a sample that one client wants to see.
class StatsSelector {
 public:
  // kInvalidArgument for a part that does not exist and an address that is none.
  static Result<StatsSelector> from(const control::v1::StatsSelection& selection);

  bool wants(control::v1::StatsPart part) const { return parts_.empty() || parts_.contains(part); }
  // The rows that are wanted, in the order of the API.
  StatsSample select(const StatsSample& sample) const;

 private:
  std::set<int> parts_;
  std::set<unsigned> workers_;
  std::set<std::string, std::less<>> listeners_;
  std::set<std::string, std::less<>> pools_;
};

// What one client has seen of the figures: writes the first sample whole, later ones as changes. Owns the
// last selected sample, nothing else; not thread-safe.
class StatsView {
 public:
  StatsView(StatsSelector selector, bool always_complete)
      : selector_(std::move(selector)), always_complete_(always_complete) {}

  // Fills a cleared message.
  void write(const StatsSample& sample, control::v1::StatsSample& message);

 private:
  const StatsSelector selector_;
  const bool always_complete_;
  std::unique_ptr<StatsSample> seen_;  // null before the first message
};

}  // namespace demo
