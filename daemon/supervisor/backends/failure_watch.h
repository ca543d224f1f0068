#pragma once

#include <cstdint>

namespace demo {

// How requests to one backend address ended, since it has its place in the statistics: each counts once,
// however often it was tried there.
struct RequestTotals {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;     // by the backend: connects, time-outs, broken responses, statuses that count
  std::uint64_t failed_ms = 0;  // what those that failed took, together
};

// Tells a backend that fails from one that has failures: it fails when none of its requests succeeded within
// ten seconds and three at least failed in a row, each begun within ten seconds of the end of the one before,
// however long they take; and until one succeeds. Pure: time and totals are passed in.
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
  // More failures, which took so long together. None: an attempt of a request that has failed before.
  void go_on(std::uint64_t now_ns, std::uint64_t failures, std::uint64_t took_ms);

  RequestTotals totals_;
  std::uint64_t failed_at_success_ = 0;
  std::uint64_t succeeded_ns_ = 0;  // the last look that saw a success; 0: none did
  std::uint64_t failed_ns_ = 0;     // the last look that saw the row go on
  std::uint64_t row_ = 0;           // failures of which none is far from the one before
  bool failing_ = false;
  bool paused_ = false;
};

}  // namespace demo
