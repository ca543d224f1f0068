#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace demo {

// How requests to one backend address ended, since it has its place in the statistics: each counts once,
// however often it was tried there.
struct RequestTotals {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;  // by the backend: connects, time-outs, broken responses, statuses that count
};

// Tells a backend that fails from one that has failures: it fails when every request of the last ten seconds,
// three at least, ended in a failure of the backend, and until one succeeds. Pure: time and totals are passed
// in.
class FailureWatch {
 public:
  enum class Change { kNone, kBegan, kEnded };

  // What the totals are now (monotonic ns), about once a second. A total that is behind what it was, because
  // it was read while it grew, counts as unchanged.
  Change feed(std::uint64_t now_ns, const RequestTotals& totals);

  // Nobody looks for a while, since no requests go there: it is failing no more, and what the totals grow
  // until the next look does not count.
  void pause();

  bool failing() const { return failing_; }
  // Requests that failed since the last one that succeeded, as far as this can be told by looks.
  std::uint64_t failures() const { return totals_.failed - failed_at_success_; }

 private:
  static constexpr std::size_t kLooks = 11;  // one a second, and the one that ten seconds began with

  struct Look {
    std::uint64_t at_ns = 0;
    RequestTotals totals;
  };
  RequestTotals window_start(std::uint64_t now_ns) const;
  void note(std::uint64_t now_ns);

  RequestTotals base_;  // where the first window began
  std::array<Look, kLooks> looks_;
  std::size_t count_ = 0;
  RequestTotals totals_;
  std::uint64_t failed_at_success_ = 0;
  bool failing_ = false;
  bool paused_ = false;
};

}  // namespace demo
