#include "worker/log_watch.h"

#include <chrono>
#include <utility>

#include "base/background_log.h"

namespace demo {
namespace {

constexpr std::chrono::seconds kPeriod{1};

}  // namespace

LogWatch::LogWatch(Loop& loop, Report report)
    : Timer(Timer::call<LogWatch>), loop_(loop), report_(std::move(report)) {
  loop_.timers().arm(*this, kPeriod);
}

void LogWatch::on_timeout() {
  const std::uint64_t lost = log_health().lost;
  if (const std::uint64_t more = lost - std::exchange(reported_, lost); more > 0) report_(more);
  loop_.timers().arm(*this, kPeriod);
}

}  // namespace demo
