#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace demo {

// How much a counter grew within the ten seconds before the last look at it. Pure: time and totals are passed
// in.
class RecentCount {
 public:
  // What the counter is now (monotonic ns), about once a second. It began at 0, and one that is behind what
  // it was grew from there.
  void feed(std::uint64_t now_ns, std::uint64_t total);
  // Nobody looks for a while: what it grew is forgotten, and what it grows until the next look does not
  // count.
  void pause();
  std::uint64_t get() const;

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> growths_;  // the look that saw one, and how much
  std::uint64_t total_ = 0;
  bool paused_ = false;
};

}  // namespace demo
