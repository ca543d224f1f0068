#include "supervisor/second_report.h"

#include <utility>

#include "base/log.h"
#include "supervisor/reports/verbose_report.h"

namespace demo {

void SecondReport::look(bool by_core) {
  if (!by_core) balance_ = {};
  if (!by_core && !verbose_) return;
  StatsSample now = parts_.sampler.sample();
  judge(now, by_core);
  if (verbose_) print(std::move(now));
}

void SecondReport::judge(const StatsSample& now, bool by_core) {
  const std::string before = balance_.warning();
  balance_.feed(now, by_core);
  if (balance_.warning().empty() || !before.empty()) return;
  parts_.events.announce(EventKind::kWarning, LogLevel::kWarning, "accept steering", balance_.warning());
}

void SecondReport::print(StatsSample now) {
  if (last_.monotonic_ns != 0) {
    for (const std::string& line : verbose_report(last_, now)) log_line(LogLevel::kInfo, line);
  }
  for (const auto& entry : parts_.workers.stats_entries()) {
    WorkerStats& stats = parts_.stats.writable_page(entry.page).worker;
    stats.events_min.set(0);
    stats.events_max.set(0);
  }
  last_ = std::move(now);
}

}  // namespace demo
