#include "net/buffer_pool.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/poison.h"
#include "event/page_memory.h"

namespace demo {

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  if (this == &other) return *this;
  reset();
  memory_ = std::exchange(other.memory_, nullptr);
  pool_ = std::exchange(other.pool_, nullptr);
  begin_ = std::exchange(other.begin_, 0);
  end_ = std::exchange(other.end_, 0);
  return *this;
}

void Buffer::compact() {
  if (begin_ == 0) return;
  std::memmove(memory_, memory_ + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

bool Buffer::append(std::string_view bytes) {
  if (limits::kPooledBufferBytes - (end_ - begin_) < bytes.size()) return false;
  if (limits::kPooledBufferBytes - end_ < bytes.size()) compact();
  std::memcpy(memory_ + end_, bytes.data(), bytes.size());
  end_ += static_cast<unsigned>(bytes.size());
  return true;
}

void Buffer::give_back() {
  std::exchange(pool_, nullptr)->give_back(std::exchange(memory_, nullptr));
  begin_ = end_ = 0;
}

BufferPool::BufferPool(Housekeeping& housekeeping)
    : Tidied(housekeeping), scratch_(std::make_unique_for_overwrite<char[]>(limits::kReceiveBufferBytes)) {}

BufferPool::~BufferPool() {
  for (void* chunk : chunks_) {
    unpoison(chunk, kChunkBytes);
    unmap_pages(chunk, kChunkBytes);
  }
}

Buffer BufferPool::borrow() {
  ++lent_;
  if (free_.empty()) grow();
  char* memory = free_.back();
  free_.pop_back();
  fewest_ = std::min(fewest_, free_.size());
  unpoison(memory, limits::kPooledBufferBytes);
  return {*this, memory};
}

void BufferPool::give_back(char* memory) {
  expect_lent(memory, limits::kPooledBufferBytes, "a buffer is");
  --lent_;
  poison(memory, limits::kPooledBufferBytes);
  free_.push_back(memory);
}

// There is room for every buffer in the list, so that giving one back allocates nothing.
void BufferPool::grow() {
  constexpr std::size_t kBuffers = kChunkBytes / limits::kPooledBufferBytes;
  static_assert(kBuffers * limits::kPooledBufferBytes == kChunkBytes);
  char* const chunk = static_cast<char*>(map_pages(kChunkBytes));
  chunks_.push_back(chunk);
  free_.reserve(chunks_.capacity() * kBuffers);
  poison(chunk, kChunkBytes);
  for (std::size_t i = kBuffers; i-- > 0;) free_.push_back(chunk + i * limits::kPooledBufferBytes);
  // What was never touched has no memory to release.
  released_ = free_.size();
}

bool BufferPool::tidy() {
  released_ = std::min(released_, fewest_);
  unneeded_ = fewest_ > kKeptBuffers ? fewest_ - kKeptBuffers : 0;
  fewest_ = free_.size();
  return tidy_on();
}

// Some may have been lent since the period began, those of them that had no memory too.
bool BufferPool::tidy_on() {
  released_ = std::min(released_, fewest_);
  unneeded_ = std::min(unneeded_, fewest_);
  const std::size_t end = std::min(unneeded_, released_ + kReleasedAtOnce);
  for (; released_ < end; ++released_) release_pages(free_[released_], limits::kPooledBufferBytes);
  return released_ < unneeded_;
}

}  // namespace demo
