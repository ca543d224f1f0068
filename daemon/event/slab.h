#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "event/loop.h"
#include "event/watch.h"

namespace demo {

// Memory for many objects of one type: no heap allocation once it has grown to what is in use, and an
// object retired during a turn stays harmless until the turn ends, since epoll may have reported it already.
// One loop's.
template <typename T>
class Slab final : public Reclaimer {
 public:
  explicit Slab(Loop& loop) : loop_(loop) {}
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  // All objects must have been retired.
  ~Slab() override = default;

  template <typename... Args>
  T& create(Args&&... args) {
    if (free_ == nullptr) grow();
    Grave* place = std::exchange(free_, free_->next);
    ++live_;
    return *::new (static_cast<void*>(place)) T(std::forward<Args>(args)...);
  }

  // Destroys the object; its memory is used again after the current turn.
  void retire(T& object) {
    // A watch comes first in its object: a grave takes the place of the watch that stale events point to.
    void* place = &object;
    if constexpr (std::is_base_of_v<Watch, T>) place = static_cast<Watch*>(&object);
    static_assert(sizeof(T) >= sizeof(Grave) && alignof(T) >= alignof(Grave));
    object.~T();
    if (retired_ == nullptr) loop_.reclaim_after_turn(*this);
    retired_ = ::new (place) Grave(retired_);
    --live_;
  }

  std::size_t live() const { return live_; }

  void reclaim() override {
    while (retired_ != nullptr) {
      Grave* grave = std::exchange(retired_, retired_->next);
      grave->next = std::exchange(free_, grave);
    }
  }

 private:
  // What stands where an object was: a watch that ignores late events.
  struct Grave : Watch {
    explicit Grave(Grave* after) : Watch([](Watch&, std::uint32_t) {}), next(after) {}
    Grave* next;  // not owned
  };
  struct Place {
    alignas(T) std::byte bytes[sizeof(T)];
  };
  static constexpr std::size_t kObjectsPerChunk = sizeof(T) < 1024 ? 128 : 16;

  void grow() {
    chunks_.push_back(std::make_unique_for_overwrite<Place[]>(kObjectsPerChunk));
    for (std::size_t i = kObjectsPerChunk; i-- > 0;) free_ = ::new (&chunks_.back()[i]) Grave(free_);
  }

  Loop& loop_;
  Grave* free_ = nullptr;     // not owned; within chunks_
  Grave* retired_ = nullptr;  // not owned; within chunks_
  std::size_t live_ = 0;
  std::vector<std::unique_ptr<Place[]>> chunks_;
};

}  // namespace demo
