#include "supervisor/backends/failure_watch.h"

#include <algorithm>
#include <utility>

namespace demo {
namespace {

constexpr std::uint64_t kSpanNs = 10'000'000'000;
constexpr std::uint64_t kFewestFailures = 3;

}  // namespace

FailureWatch::Change FailureWatch::feed(std::uint64_t now_ns, const RequestTotals& totals) {
  if (std::exchange(paused_, false)) {
    totals_ = totals;
    failed_at_success_ = totals.failed;
  }
  const RequestTotals before = totals_;
  totals_ = {std::max(before.succeeded, totals.succeeded), std::max(before.failed, totals.failed),
             std::max(before.failed_ms, totals.failed_ms)};
  const bool succeeded = totals_.succeeded > before.succeeded;
  if (succeeded) {
    failed_at_success_ = totals_.failed;
    succeeded_ns_ = now_ns;
    row_ = 0;
  } else if (totals_.failed > before.failed || totals_.failed_ms > before.failed_ms) {
    go_on(now_ns, totals_.failed - before.failed, totals_.failed_ms - before.failed_ms);
  }
  if (failing_ && succeeded) {
    failing_ = false;
    return Change::kEnded;
  }
  const bool succeeded_lately = succeeded_ns_ != 0 && now_ns - succeeded_ns_ < kSpanNs;
  if (failing_ || succeeded_lately || row_ < kFewestFailures) return Change::kNone;
  failing_ = true;
  return Change::kBegan;
}

// Where several failed since the last look, three or more are a row by themselves; of two, the mean does.
void FailureWatch::go_on(std::uint64_t now_ns, std::uint64_t failures, std::uint64_t took_ms) {
  const std::uint64_t took_ns = took_ms * 1'000'000 / std::max<std::uint64_t>(failures, 1);
  const bool near = row_ > 0 && now_ns - std::min(took_ns, now_ns) <= failed_ns_ + kSpanNs;
  if (failures == 0 && !near) return;
  row_ = near ? row_ + failures : failures;
  failed_ns_ = now_ns;
}

void FailureWatch::pause() {
  paused_ = true;
  failing_ = false;
  succeeded_ns_ = row_ = 0;
}

}  // namespace demo
