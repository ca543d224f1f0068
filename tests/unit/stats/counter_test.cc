#include "stats/counter.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>

#include "stats/stats_page.h"

namespace demo {
namespace {

TEST(Counter, AddsSubtractsAndSets) {
  Counter counter{};
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.get(), 42U);
  counter.subtract();
  counter.subtract(11);
  EXPECT_EQ(counter.get(), 30U);
  counter.set(7);
  EXPECT_EQ(counter.get(), 7U);
}

TEST(Counter, IsTakenAwayOnce) {
  Counter counter{};
  counter.add(42);
  EXPECT_EQ(counter.take(), 42U);
  EXPECT_EQ(counter.take(), 0U);
  counter.add(1);
  EXPECT_EQ(counter.get(), 1U);
}

TEST(Counter, StartsAtZeroInZeroFilledMemory) {
  alignas(Counter) unsigned char memory[sizeof(Counter)] = {};
  EXPECT_EQ(reinterpret_cast<const Counter*>(memory)->get(), 0U);
}

TEST(StatsPage, KeepsTheWritersGroupsOnCacheLinesOfTheirOwn) {
  const auto page = std::make_unique<StatsPage>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&page->worker) % 64, 0U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&page->service_time) % 64, 0U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&page->response_time) % 64, 0U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&page->listeners) % 64, 0U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&page->backends) % 64, 0U);
}

}  // namespace
}  // namespace demo
