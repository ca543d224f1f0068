#include "net/buffer_pool.h"

#include <cstring>
#include <utility>

#include "base/poison.h"

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

BufferPool::BufferPool() : scratch_(std::make_unique_for_overwrite<char[]>(limits::kReceiveBufferBytes)) {
  free_.reserve(kKeptBuffers);
}

BufferPool::~BufferPool() {
  for (char* memory : free_) {
    unpoison(memory, limits::kPooledBufferBytes);
    delete[] memory;
  }
}

Buffer BufferPool::borrow() {
  ++lent_;
  if (free_.empty()) return {*this, new char[limits::kPooledBufferBytes]};
  char* memory = free_.back();
  free_.pop_back();
  unpoison(memory, limits::kPooledBufferBytes);
  return {*this, memory};
}

void BufferPool::give_back(char* memory) {
  expect_lent(memory, limits::kPooledBufferBytes, "a buffer is");
  --lent_;
  if (free_.size() < kKeptBuffers) {
    poison(memory, limits::kPooledBufferBytes);
    free_.push_back(memory);
  } else {
    delete[] memory;
  }
}

}  // namespace demo
