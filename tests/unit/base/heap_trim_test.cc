#include "base/heap_trim.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <vector>

#include "base/poison.h"

namespace demo {
namespace {

// Pages of this process that are no file's.
std::size_t resident_pages() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::size_t of_files = 0;
  std::ifstream("/proc/self/statm") >> size >> resident >> of_files;
  return resident - of_files;
}

TEST(HeapTrim, WhatIsFreeBetweenUsedBlocksGoesBackAfterEachRush) {
#ifdef DEMO_ADDRESS_SANITIZER
  GTEST_SKIP() << "its heap is not the C library's";
#endif
  constexpr std::size_t kBlocks = 20'000;
  HeapTrim heap;
  std::vector<std::unique_ptr<char[]>> blocks(kBlocks);
  for (int rush = 0; rush < 3; ++rush) {
    heap.look();
    const std::size_t before = resident_pages();
    for (auto& block : blocks) {
      if (!block) block = std::make_unique<char[]>(2048);
    }
    const std::size_t rushed = resident_pages();
    ASSERT_GE(rushed, before + kBlocks * 3 / 8);
    for (std::size_t i = 0; i < kBlocks; ++i) {
      if (i % 50 != 0) blocks[i].reset();
    }
    EXPECT_GE(resident_pages(), rushed - kBlocks / 8) << "the test proves nothing";
    heap.look();
    EXPECT_LE(resident_pages(), before + kBlocks / 10);
  }
}

}  // namespace
}  // namespace demo
