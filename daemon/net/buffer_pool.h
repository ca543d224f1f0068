#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "event/housekeeping.h"

namespace demo {

class BufferPool;

// A pooled buffer that holds bytes [begin, end). Empty handles own no memory; a handle gives its memory back
// when it is reset or destroyed, which a connection does as soon as no byte is left in it.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept;
  ~Buffer() { reset(); }

  explicit operator bool() const { return memory_ != nullptr; }
  std::string_view bytes() const { return {memory_ + begin_, end_ - begin_}; }
  std::span<char> writable_bytes() { return {memory_ + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  // Free space behind the bytes; compact() first to have all of it.
  std::span<char> space() { return {memory_ + end_, limits::kPooledBufferBytes - end_}; }
  // The first n bytes of space() were filled.
  void filled(std::size_t n) { end_ += static_cast<unsigned>(n); }
  // The first n bytes of bytes() are done with.
  void consume(std::size_t n) { begin_ += static_cast<unsigned>(n); }
  // Moves the bytes to the front of the memory.
  void compact();
  // Copies bytes behind what is there; false (and nothing copied) when they do not fit.
  bool append(std::string_view bytes);
  // Gives the memory back to the pool, if there is any.
  void reset() {
    if (memory_ != nullptr) give_back();
  }

 private:
  friend class BufferPool;
  Buffer(BufferPool& pool, char* memory) : memory_(memory), pool_(&pool) {}
  void give_back();

  char* memory_ = nullptr;
  BufferPool* pool_ = nullptr;  // not owned; set while memory_ is
  unsigned begin_ = 0;
  unsigned end_ = 0;
};

// The buffers of one worker, limits::kPooledBufferBytes each, made on demand and kept for reuse, and its one
// scratch area for recv(2). The memory of those that were not needed lately goes back to the system. Must
// outlive every Buffer it lent.
class BufferPool final : private Tidied {
 public:
  explicit BufferPool(Housekeeping& housekeeping);
  ~BufferPool() override;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  Buffer borrow();
  std::size_t lent() const { return lent_; }

  // limits::kReceiveBufferBytes for bytes on their way through; anybody's next recv overwrites it.
  std::span<char> scratch() { return {scratch_.get(), limits::kReceiveBufferBytes}; }

  // How many free buffers keep their memory however long they are not needed.
  static constexpr std::size_t kKeptBuffers = 16;

 private:
  friend class Buffer;
  // Made at a time.
  static constexpr std::size_t kChunkBytes = 1024 * 1024;
  // Back to the system at a time, about a tenth of a millisecond's work; the rest follows.
  static constexpr std::size_t kReleasedAtOnce = 64;

  void give_back(char* memory);
  void grow();
  bool tidy() override;
  bool tidy_on() override;

  std::vector<char*> free_;   // within chunks_; the last one is lent next
  std::size_t fewest_ = 0;    // free since the last time it was tidied: those before were not needed
  std::size_t released_ = 0;  // as many at the front had no memory when it was tidied last
  std::size_t unneeded_ = 0;  // as many at the front are to have none in this period
  std::size_t lent_ = 0;
  std::vector<void*> chunks_;  // owned
  std::unique_ptr<char[]> scratch_;
};

}  // namespace demo
