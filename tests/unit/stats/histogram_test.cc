#include "stats/histogram.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace demo {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{1} << Histogram::kMaxExponent;

// Values around every power of two and random ones between.
std::vector<std::uint64_t> sample_values() {
  std::vector<std::uint64_t> values;
  for (unsigned exponent = 0; exponent < Histogram::kMaxExponent; ++exponent) {
    const std::uint64_t power = std::uint64_t{1} << exponent;
    for (const std::uint64_t value : {power - 1, power, power + 1}) values.push_back(value);
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i)
    values.push_back(random() % kLimit >> (random() % Histogram::kMaxExponent));
  return values;
}

TEST(Histogram, PutsEveryValueIntoTheBucketWhoseBoundsHoldIt) {
  for (const std::uint64_t value : sample_values()) {
    const std::size_t bucket = Histogram::bucket_of(value);
    ASSERT_LT(bucket, Histogram::kBuckets) << value;
    ASSERT_GE(Histogram::upper_bound(bucket), value) << value;
    if (bucket > 0) {
      ASSERT_LT(Histogram::upper_bound(bucket - 1), value) << value;
    }
  }
}

TEST(Histogram, IsEmptyWhereItsCountWasTaken) {
  const auto histogram = std::make_unique<Histogram>();
  histogram->record(1000, 3);
  histogram->record(9000, 2);
  EXPECT_EQ(histogram->take(Histogram::bucket_of(1000)), 3U);
  EXPECT_EQ(histogram->take(Histogram::bucket_of(1000)), 0U);
  EXPECT_EQ(histogram->count_at(Histogram::bucket_of(9000)), 2U);
}

TEST(Histogram, HasGrowingBoundsThatBelongToTheirBuckets) {
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) {
    ASSERT_EQ(Histogram::bucket_of(Histogram::upper_bound(bucket)), bucket);
    if (bucket > 0) {
      ASSERT_EQ(Histogram::bucket_of(Histogram::upper_bound(bucket - 1) + 1), bucket);
    }
  }
  EXPECT_EQ(Histogram::upper_bound(Histogram::kBuckets - 1), kLimit - 1);
}

TEST(Histogram, KnowsAValueWithinSixAndAQuarterPercent) {
  for (const std::uint64_t value : sample_values()) {
    const std::uint64_t reported = Histogram::upper_bound(Histogram::bucket_of(value));
    ASSERT_LE((reported - value) * 16, value) << value;
  }
}

TEST(Histogram, IsExactBelowItsSubBuckets) {
  for (std::uint64_t value = 0; value < Histogram::kSubBuckets; ++value) {
    EXPECT_EQ(Histogram::upper_bound(Histogram::bucket_of(value)), value);
  }
}

TEST(Histogram, CountsWhatIsTooLongInTheLastBucket) {
  for (const std::uint64_t value : {kLimit - 1, kLimit, kLimit + 1, ~std::uint64_t{0}}) {
    EXPECT_EQ(Histogram::bucket_of(value), Histogram::kBuckets - 1) << value;
  }
}

TEST(Histogram, AddsUpInItsBucketAlone) {
  const auto histogram = std::make_unique<Histogram>();
  histogram->record(1000);
  histogram->record(1000, 41);
  histogram->record(5);
  EXPECT_EQ(histogram->count_at(Histogram::bucket_of(1000)), 42U);
  EXPECT_EQ(histogram->count_at(5), 1U);
  std::uint64_t total = 0;
  for (std::size_t bucket = 0; bucket < Histogram::kBuckets; ++bucket) total += histogram->count_at(bucket);
  EXPECT_EQ(total, 43U);
}

}  // namespace
}  // namespace demo
