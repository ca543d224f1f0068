#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "demo/control/v1/stats.pb.h"
#include "figures/rates.h"
#include "invocation/api.h"
#include "invocation/invocation.h"
#include "watch/live_screen.h"

namespace demo::ctl {

// What one interval brought.
struct Interval {
  const api::StatsSample& sample;  // its end
  const Rates& rates;              // unmeaning in the first one
  bool first = false;              // there is no sample before it
};

// Shows intervals as they come.
class IntervalView {
 public:
  virtual ~IntervalView() = default;

  virtual void show(const Interval& interval) = 0;
  // The source lost the daemon, or has it again.
  virtual void lost(const std::string& source) = 0;
  virtual void found(const std::string& source) = 0;
  // No sample came for so long, although the daemon is not known to be gone.
  virtual void silent(std::chrono::seconds time) = 0;
  // Called several times a second. False when the user wants to end.
  virtual bool tick(bool suspend_asked) = 0;
};

// Which rows are shown, and whether counters as they are instead of rates.
struct RowChoice {
  api::StatsSelection selection;
  bool counters = false;
};

// A table in place on a terminal.
std::unique_ptr<IntervalView> screen_view(Console& console, RowChoice choice);

// A line an interval as text in columns, or a line a row of what is selected; a line a row as CSV or JSON
// objects.
std::unique_ptr<IntervalView> line_view(Invocation& invocation, RowChoice choice);

}  // namespace demo::ctl
