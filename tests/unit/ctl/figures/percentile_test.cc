#include "figures/percentile.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace demo::ctl {
namespace {

struct Bucket {
  std::uint32_t index;
  std::uint64_t upper_ns;
  std::uint64_t count;
};

api::Histogram histogram(std::initializer_list<Bucket> buckets) {
  api::Histogram result;
  for (const Bucket& bucket : buckets) {
    auto& added = *result.add_buckets();
    added.set_index(bucket.index);
    added.set_upper_bound_ns(bucket.upper_ns);
    added.set_count(bucket.count);
  }
  return result;
}

TEST(Percentile, IsTheUpperBoundOfItsBucket) {
  const api::Histogram h = histogram({{10, 100, 50}, {11, 110, 49}, {40, 9000, 1}});
  EXPECT_EQ(percentile(h, 0.50), 100U);
  EXPECT_EQ(percentile(h, 0.51), 110U);
  EXPECT_EQ(percentile(h, 0.99), 110U);
  EXPECT_EQ(percentile(h, 1.00), 9000U);
}

TEST(Percentile, OfASingleValueIsThatValue) { EXPECT_EQ(percentile(histogram({{3, 3, 1}}), 0.01), 3U); }

TEST(Percentile, OfNothingIsNothing) { EXPECT_EQ(percentile(api::Histogram(), 0.5), std::nullopt); }

TEST(CountedSince, HoldsTheIntervalAlone) {
  const api::Histogram before = histogram({{10, 100, 50}, {11, 110, 5}});
  const api::Histogram now = histogram({{10, 100, 50}, {11, 110, 8}, {12, 120, 2}});
  const api::Histogram interval = counted_since(now, &before);
  ASSERT_EQ(interval.buckets_size(), 2);
  EXPECT_EQ(interval.buckets(0).count(), 3U);
  EXPECT_EQ(interval.buckets(1).count(), 2U);
}

TEST(CountedSince, CountsFromZeroWhenTheDaemonStartedAnew) {
  const api::Histogram before = histogram({{10, 100, 50}});
  const api::Histogram interval = counted_since(histogram({{10, 100, 7}}), &before);
  ASSERT_EQ(interval.buckets_size(), 1);
  EXPECT_EQ(interval.buckets(0).count(), 7U);
}

}  // namespace
}  // namespace demo::ctl
