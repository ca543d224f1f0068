#include "supervisor/figures/stats_pages.h"

#include <algorithm>
#include <vector>

namespace demo {

void StatsPages::adopt(std::span<const unsigned> pages) {
  for (const unsigned page : pages) taken_.at(page) = true;
  publish();
}

std::optional<unsigned> StatsPages::take() {
  const auto free = std::find(taken_.begin(), taken_.end(), false);
  if (free == taken_.end()) return std::nullopt;
  *free = true;
  const auto page = static_cast<unsigned>(free - taken_.begin());
  area_.prepare_page(page);
  publish();
  return page;
}

void StatsPages::give_back(unsigned page) {
  taken_.at(page) = false;
  publish();
  area_.clear_page(page);
}

void StatsPages::publish() {
  std::vector<unsigned> pages;
  for (unsigned page = 0; page < taken_.size(); ++page) {
    if (taken_[page]) pages.push_back(page);
  }
  area_.set_live_pages(pages);
}

}  // namespace demo
