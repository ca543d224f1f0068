#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "base/limits.h"
#include "stats/stats_area.h"

namespace demo {

// Which page of the statistics area belongs to which worker process: one alone for each, so that a process
// that drains and its successor count side by side. Borrows the area, which outlives it; runs on the
// supervisor's loop.
class StatsPages {
 public:
  explicit StatsPages(StatsArea& area) : area_(area) {}

  // Before the first take(): pages, below StatsArea::kPages, that processes of an earlier supervisor still
  // write, or that are yet to be retired. They keep what they count.
  void adopt(std::span<const unsigned> pages);
  // The lowest free page, all zero; none when StatsArea::kPages are taken.
  std::optional<unsigned> take();
  std::size_t free() const {
    return static_cast<std::size_t>(std::count(taken_.begin(), taken_.end(), false));
  }
  // What the page counted is lost: whoever wants it has read it. No process may write it any more.
  void give_back(unsigned page);

 private:
  void publish();

  StatsArea& area_;
  std::array<bool, StatsArea::kPages> taken_{};
};

}  // namespace demo
