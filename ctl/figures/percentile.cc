#include "figures/percentile.h"

#include <cmath>
#include <map>

namespace demo::ctl {

api::Histogram counted_since(const api::Histogram& now, const api::Histogram* before) {
  std::map<std::uint32_t, std::uint64_t> earlier;
  if (before != nullptr) {
    for (const auto& bucket : before->buckets()) earlier[bucket.index()] = bucket.count();
  }
  api::Histogram result;
  for (const auto& bucket : now.buckets()) {
    const auto found = earlier.find(bucket.index());
    const std::uint64_t base = found == earlier.end() || found->second > bucket.count() ? 0 : found->second;
    if (bucket.count() == base) continue;
    auto& counted = *result.add_buckets();
    counted = bucket;
    counted.set_count(bucket.count() - base);
  }
  return result;
}

std::optional<std::uint64_t> percentile(const api::Histogram& histogram, double share) {
  // As floating point: a recording may hold counts whose sum no integer does.
  double total = 0;
  for (const auto& bucket : histogram.buckets()) total += static_cast<double>(bucket.count());
  if (total == 0) return std::nullopt;
  const double wanted = std::ceil(share * total);
  double seen = 0;
  for (const auto& bucket : histogram.buckets()) {
    seen += static_cast<double>(bucket.count());
    if (seen >= wanted) return bucket.upper_bound_ns();
  }
  return histogram.buckets().rbegin()->upper_bound_ns();
}

}  // namespace demo::ctl
