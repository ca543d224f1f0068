#include "supervisor/figures/recent_count.h"

namespace demo {
namespace {

constexpr std::uint64_t kWindowNs = 10'000'000'000;

}  // namespace

void RecentCount::feed(std::uint64_t now_ns, std::uint64_t total) {
  std::erase_if(growths_, [now_ns](const auto& growth) { return now_ns - growth.first >= kWindowNs; });
  if (total > total_ && !paused_) growths_.emplace_back(now_ns, total - total_);
  total_ = total;
  paused_ = false;
}

void RecentCount::pause() {
  growths_.clear();
  paused_ = true;
}

std::uint64_t RecentCount::get() const {
  std::uint64_t sum = 0;
  for (const auto& growth : growths_) sum += growth.second;
  return sum;
}

}  // namespace demo
