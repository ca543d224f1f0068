#include "net/buffer_pool.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <string>
#include <utility>
#include <vector>

namespace demo {
namespace {

constexpr std::size_t kCapacity = limits::kPooledBufferBytes;

struct OwnPool {
  TimerWheel timers;
  Housekeeping housekeeping{timers};
  BufferPool pool{housekeeping};
};

TEST(Buffer, HoldsNoMemoryUntilBorrowed) {
  OwnPool own;
  BufferPool& pool = own.pool;
  Buffer buffer;
  EXPECT_FALSE(buffer);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.bytes().size(), 0U);
  EXPECT_EQ(pool.lent(), 0U);
  buffer = pool.borrow();
  EXPECT_TRUE(buffer);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(pool.lent(), 1U);
  EXPECT_EQ(buffer.space().size(), kCapacity);
}

TEST(Buffer, AppendsAndConsumesInOrder) {
  OwnPool own;
  BufferPool& pool = own.pool;
  Buffer buffer = pool.borrow();
  ASSERT_TRUE(buffer.append("hello "));
  ASSERT_TRUE(buffer.append("world"));
  buffer.consume(6);
  EXPECT_EQ(buffer.bytes(), "world");
  EXPECT_EQ(buffer.space().size(), kCapacity - 11);
  buffer.compact();
  EXPECT_EQ(buffer.bytes(), "world");
  EXPECT_EQ(buffer.space().size(), kCapacity - 5);
}

TEST(Buffer, TakesBytesWrittenIntoItsSpace) {
  OwnPool own;
  BufferPool& pool = own.pool;
  Buffer buffer = pool.borrow();
  ASSERT_TRUE(buffer.append("ab"));
  const std::string_view more = "cdef";
  more.copy(buffer.space().data(), more.size());
  buffer.filled(3);
  EXPECT_EQ(buffer.bytes(), "abcde");
}

TEST(Buffer, AppendsBehindConsumedBytesByMakingRoom) {
  OwnPool own;
  BufferPool& pool = own.pool;
  Buffer buffer = pool.borrow();
  ASSERT_TRUE(buffer.append(std::string(kCapacity - 1, 'a')));
  buffer.consume(kCapacity - 3);
  ASSERT_TRUE(buffer.append(std::string(kCapacity - 2, 'b')));
  EXPECT_EQ(buffer.bytes(), "aa" + std::string(kCapacity - 2, 'b'));
}

TEST(Buffer, RefusesMoreThanItHoldsAndStaysAsItWas) {
  OwnPool own;
  BufferPool& pool = own.pool;
  Buffer buffer = pool.borrow();
  ASSERT_TRUE(buffer.append(std::string(kCapacity, 'a')));
  EXPECT_FALSE(buffer.append("b"));
  EXPECT_EQ(buffer.bytes().size(), kCapacity);
  buffer.consume(1);
  EXPECT_TRUE(buffer.append("b"));
  EXPECT_FALSE(buffer.append("c"));
  EXPECT_EQ(buffer.bytes().back(), 'b');
}

TEST(Buffer, MovesItsBytesAlong) {
  OwnPool own;
  BufferPool& pool = own.pool;
  Buffer first = pool.borrow();
  ASSERT_TRUE(first.append("xyz"));
  first.consume(1);
  Buffer second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT: a moved-from buffer is empty
  EXPECT_EQ(second.bytes(), "yz");
  Buffer third = pool.borrow();
  EXPECT_EQ(pool.lent(), 2U);
  third = std::move(second);
  EXPECT_EQ(third.bytes(), "yz");
  EXPECT_EQ(pool.lent(), 1U) << "the buffer that was overwritten goes back";
}

TEST(Buffer, GivesItsMemoryBackWhenResetOrDestroyed) {
  OwnPool own;
  BufferPool& pool = own.pool;
  {
    Buffer buffer = pool.borrow();
    ASSERT_TRUE(buffer.append("old"));
  }
  EXPECT_EQ(pool.lent(), 0U);
  Buffer buffer = pool.borrow();
  EXPECT_TRUE(buffer.empty()) << "nothing of an earlier use shows";
  buffer.reset();
  buffer.reset();
  EXPECT_EQ(pool.lent(), 0U);
  EXPECT_FALSE(buffer);
}

TEST(BufferPool, LendsTheSameMemoryAgain) {
  OwnPool own;
  BufferPool& pool = own.pool;
  Buffer first = pool.borrow();
  const char* const memory = first.space().data();
  first.reset();
  Buffer second = pool.borrow();
  EXPECT_EQ(second.space().data(), memory);
}

TEST(BufferPool, LendsAnyNumberOfDistinctBuffers) {
  OwnPool own;
  BufferPool& pool = own.pool;
  std::vector<Buffer> lent;
  for (int i = 0; i < 600; ++i) {
    lent.push_back(pool.borrow());
    ASSERT_TRUE(lent.back().append(std::to_string(i)));
  }
  EXPECT_EQ(pool.lent(), 600U);
  for (int i = 0; i < 600; ++i) {
    EXPECT_EQ(lent[static_cast<std::size_t>(i)].bytes(), std::to_string(i));
  }
  lent.clear();
  EXPECT_EQ(pool.lent(), 0U);
}

// How many of these buffers have memory now, mincore(2).
std::size_t resident(const std::vector<char*>& buffers) {
  std::size_t count = 0;
  for (char* memory : buffers) {
    unsigned char page = 0;
    EXPECT_EQ(::mincore(memory, 1, &page), 0);
    count += page & 1;
  }
  return count;
}

TEST(BufferPool, MemoryThatARushLeftBehindGoesBackAndComesAgain) {
  OwnPool own;
  std::vector<Buffer> lent;
  std::vector<char*> memory;
  const auto rush = [&](std::size_t count) {
    while (lent.size() < count) {
      lent.push_back(own.pool.borrow());
      ASSERT_TRUE(lent.back().append(std::string(kCapacity, 'x')));
    }
  };
  rush(400);
  for (Buffer& buffer : lent) memory.push_back(buffer.writable_bytes().data());
  own.housekeeping.tidy_now();
  EXPECT_EQ(resident(memory), 400U) << "they are in use";
  lent.clear();
  own.housekeeping.tidy_now();
  EXPECT_EQ(resident(memory), 400U) << "they may be needed again at once";
  EXPECT_TRUE(own.housekeeping.tidy_now());
  EXPECT_GE(resident(memory), 400U - 64U) << "a little at a time";
  EXPECT_TRUE(own.housekeeping.tidy_on());
  rush(100);
  lent.clear();
  while (own.housekeeping.tidy_on()) {
  }
  EXPECT_GE(resident(memory), 100U) << "they were needed meanwhile";
  own.housekeeping.tidy_now();
  for (bool left = own.housekeeping.tidy_now(); left; left = own.housekeeping.tidy_on()) {
  }
  EXPECT_LE(resident(memory), BufferPool::kKeptBuffers);
  rush(400);
  for (const Buffer& buffer : lent) EXPECT_EQ(buffer.bytes(), std::string(kCapacity, 'x'));
  EXPECT_EQ(resident(memory), 400U);
}

TEST(BufferPool, MemoryThatIsNeededNowAndThenStays) {
  OwnPool own;
  std::vector<char*> memory;
  for (int round = 0; round < 10; ++round) {
    std::vector<Buffer> lent;
    memory.clear();
    for (int i = 0; i < 100; ++i) {
      lent.push_back(own.pool.borrow());
      ASSERT_TRUE(lent.back().append("x"));
      memory.push_back(lent.back().writable_bytes().data());
    }
    lent.clear();
    own.housekeeping.tidy_now();
    EXPECT_EQ(resident(memory), 100U);
  }
}

TEST(BufferPool, ScratchIsAsLargeAsOneReceive) {
  OwnPool own;
  BufferPool& pool = own.pool;
  EXPECT_EQ(pool.scratch().size(), limits::kReceiveBufferBytes);
  EXPECT_EQ(pool.scratch().data(), pool.scratch().data());
}

}  // namespace
}  // namespace demo
