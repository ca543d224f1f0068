#include "supervisor/failure_watch.h"

#include <algorithm>
#include <utility>

namespace demo {
namespace {

constexpr std::uint64_t kWindowNs = 10'000'000'000;
constexpr std::uint64_t kFewestFailures = 3;

}  // namespace

FailureWatch::Change FailureWatch::feed(std::uint64_t now_ns, const RequestTotals& totals) {
  if (std::exchange(paused_, false)) {
    base_ = totals_ = totals;
    failed_at_success_ = totals.failed;
  }
  const bool succeeded = totals.succeeded > totals_.succeeded;
  totals_.succeeded = std::max(totals_.succeeded, totals.succeeded);
  totals_.failed = std::max(totals_.failed, totals.failed);
  if (succeeded) failed_at_success_ = totals_.failed;
  const RequestTotals start = window_start(now_ns);
  note(now_ns);
  if (failing_ && succeeded) {
    failing_ = false;
    return Change::kEnded;
  }
  if (failing_ || totals_.succeeded > start.succeeded || totals_.failed - start.failed < kFewestFailures) {
    return Change::kNone;
  }
  failing_ = true;
  return Change::kBegan;
}

void FailureWatch::pause() {
  paused_ = true;
  failing_ = false;
  count_ = 0;
}

// The newest look that is at least a window old. Younger ones alone: before the first of them there was
// nothing, unless others had to make room for it.
RequestTotals FailureWatch::window_start(std::uint64_t now_ns) const {
  RequestTotals start = base_;
  if (count_ == kLooks) start = looks_[0].totals;
  for (std::size_t i = 0; i < count_ && now_ns - looks_[i].at_ns >= kWindowNs; ++i) start = looks_[i].totals;
  return start;
}

void FailureWatch::note(std::uint64_t now_ns) {
  if (count_ == kLooks) {
    std::move(looks_.begin() + 1, looks_.end(), looks_.begin());
    --count_;
  }
  looks_[count_++] = {now_ns, totals_};
}

}  // namespace demo
