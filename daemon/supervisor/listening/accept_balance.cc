#include "supervisor/listening/accept_balance.h"

#include <fmt/format.h>

#include <algorithm>

namespace demo {
namespace {

constexpr std::uint64_t kPeriodNs = 10'000'000'000;
// Fewer connections say nothing about how they are spread.
constexpr std::uint64_t kConnections = 200;
constexpr std::uint64_t kPercent = 95;

}  // namespace

void AcceptBalance::feed(const StatsSample& sample, bool by_core) {
  if (!by_core || sample.workers.size() < 2) {
    begin_ = {};
    warning_.clear();
    return;
  }
  if (begin_.workers.size() != sample.workers.size()) {
    begin_ = sample;
    return;
  }
  if (sample.monotonic_ns - begin_.monotonic_ns < kPeriodNs) return;
  judge(sample);
  begin_ = sample;
}

void AcceptBalance::judge(const StatsSample& now) {
  std::uint64_t total = 0;
  std::uint64_t most = 0;
  const WorkerSample* busiest = nullptr;
  for (std::size_t i = 0; i < now.workers.size(); ++i) {
    const std::uint64_t accepted =
        now.workers[i].figures.connections_accepted - begin_.workers[i].figures.connections_accepted;
    total += accepted;
    if (busiest == nullptr || accepted > most) {
      most = accepted;
      busiest = &now.workers[i];
    }
  }
  warning_.clear();
  if (total < kConnections || most * 100 < total * kPercent) return;
  warning_ = fmt::format(
      "accept mode reuseport-cpu: core {} takes {} % of the new connections, because their packets all "
      "arrive there "
      "(one client host, or one receive queue); accept mode reuseport spreads them",
      busiest->core, most * 100 / total);
}

}  // namespace demo
