#include "net/buffer_pool.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace demo {
namespace {

constexpr std::size_t kCapacity = limits::kPooledBufferBytes;

TEST(Buffer, HoldsNoMemoryUntilBorrowed) {
  BufferPool pool;
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
  BufferPool pool;
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
  BufferPool pool;
  Buffer buffer = pool.borrow();
  ASSERT_TRUE(buffer.append("ab"));
  const std::string_view more = "cdef";
  more.copy(buffer.space().data(), more.size());
  buffer.filled(3);
  EXPECT_EQ(buffer.bytes(), "abcde");
}

TEST(Buffer, AppendsBehindConsumedBytesByMakingRoom) {
  BufferPool pool;
  Buffer buffer = pool.borrow();
  ASSERT_TRUE(buffer.append(std::string(kCapacity - 1, 'a')));
  buffer.consume(kCapacity - 3);
  ASSERT_TRUE(buffer.append(std::string(kCapacity - 2, 'b')));
  EXPECT_EQ(buffer.bytes(), "aa" + std::string(kCapacity - 2, 'b'));
}

TEST(Buffer, RefusesMoreThanItHoldsAndStaysAsItWas) {
  BufferPool pool;
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
  BufferPool pool;
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
  BufferPool pool;
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
  BufferPool pool;
  Buffer first = pool.borrow();
  const char* const memory = first.space().data();
  first.reset();
  Buffer second = pool.borrow();
  EXPECT_EQ(second.space().data(), memory);
}

TEST(BufferPool, LendsAnyNumberOfDistinctBuffers) {
  BufferPool pool;
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

TEST(BufferPool, ScratchIsAsLargeAsOneReceive) {
  BufferPool pool;
  EXPECT_EQ(pool.scratch().size(), limits::kReceiveBufferBytes);
  EXPECT_EQ(pool.scratch().data(), pool.scratch().data());
}

}  // namespace
}  // namespace demo
