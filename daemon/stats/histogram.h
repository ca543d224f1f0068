#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace demo {

// A log-linear histogram of nanoseconds after HdrHistogram's scheme: every power of two is cut into 16 equal
// buckets, so a value is known within 6.25 %. Written by one worker, read by the supervisor, both without
// locks.
class Histogram {
 public:
  static constexpr unsigned kSubBits = 4;
  static constexpr unsigned kSubBuckets = 1U << kSubBits;
  static constexpr unsigned kMaxExponent = 36;  // 2^36 ns is 69 s; longer counts as that
  static constexpr std::size_t kBuckets = (kMaxExponent - kSubBits + 1) * kSubBuckets;

  // The bucket of a value; values beyond the range fall into the last one.
  static constexpr std::size_t bucket_of(std::uint64_t value) {
    if (value < kSubBuckets) return static_cast<std::size_t>(value);
    const unsigned exponent = static_cast<unsigned>(std::bit_width(value)) - 1;
    if (exponent >= kMaxExponent) return kBuckets - 1;
    const std::uint64_t sub = (value >> (exponent - kSubBits)) & (kSubBuckets - 1);
    return (exponent - kSubBits + 1) * kSubBuckets + static_cast<std::size_t>(sub);
  }

  // The largest value of a bucket: what a percentile reports.
  static constexpr std::uint64_t upper_bound(std::size_t bucket) {
    if (bucket < kSubBuckets) return bucket;
    const std::size_t shift = bucket / kSubBuckets - 1;
    const std::uint64_t base = kSubBuckets + bucket % kSubBuckets;
    return ((base + 1) << shift) - 1;
  }

  // Adds count times the value. Only the owning worker calls it.
  void record(std::uint64_t value, std::uint64_t count = 1) {
    auto& bucket = counts_[bucket_of(value)];
    bucket.store(bucket.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }

  // The bucket is empty from now on; returns its count. The owning worker is gone.
  std::uint64_t take(std::size_t bucket) {
    const std::uint64_t count = count_at(bucket);
    if (count != 0) counts_[bucket].store(0, std::memory_order_relaxed);
    return count;
  }

  std::uint64_t count_at(std::size_t bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> counts_[kBuckets];
};

}  // namespace demo
