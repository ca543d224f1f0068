#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/poison.h"
#include "event/loop.h"
#include "event/watch.h"

namespace demo {

// What a slab can keep: a T& must be the whole object, so that its address is that of its place; and where
// epoll points at the Watch of a T, there is one of them, which everybody sees.
template <typename T>
concept KeptInSlab = std::is_final_v<T> &&(!std::is_base_of_v<Watch, T> || std::is_convertible_v<T*, Watch*>);

// Memory for many objects of one type: no heap allocation once it has grown to what is in use, and an
// object retired during a turn stays harmless until the turn ends, since epoll may have reported it already.
// One loop's.
//
// Each place holds one object, which always begins where its place begins, whatever its bases are. What the
// slab must know about places stands beside them, not in them: in builds with AddressSanitizer a place that
// holds no object is poisoned, but for the watch that ignores late events until the turn ends.
template <typename T>
class Slab final : public Reclaimer {
 public:
  explicit Slab(Loop& loop) : loop_(loop) {
    static_assert(KeptInSlab<T>);
    static_assert(sizeof(Place) == sizeof(T) && alignof(Place) == alignof(T));
    static_assert(sizeof(Deaf) == sizeof(Watch) && alignof(T) >= alignof(Watch));
  }
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  // All objects must have been retired.
  ~Slab() override {
    for (const auto& chunk : chunks_) unpoison(chunk.get(), kObjectsPerChunk * sizeof(Place));
  }

  template <typename... Args>
  T& create(Args&&... args) {
    if (free_.empty()) grow();
    Place* place = free_.back();
    free_.pop_back();
    unpoison(place, sizeof(Place));
    ++live_;
    return *::new (static_cast<void*>(place)) T(std::forward<Args>(args)...);
  }

  // Destroys the object; its memory is used again after the current turn.
  void retire(T& object) {
    expect_lent(&object, sizeof(T), "an object of a slab is");
    auto* place = reinterpret_cast<Place*>(&object);
    if constexpr (kWatched) {
      Watch* watch = &object;
      object.~T();
      poison(place, sizeof(Place));
      unpoison(watch, sizeof(Deaf));
      ::new (static_cast<void*>(watch)) Deaf;
    } else {
      object.~T();
      poison(place, sizeof(Place));
    }
    if (retired_.empty()) loop_.reclaim_after_turn(*this);
    retired_.push_back(place);
    --live_;
  }

  std::size_t live() const { return live_; }

  void reclaim() override {
    for (Place* place : retired_) poison(place, sizeof(Place));
    free_.insert(free_.end(), retired_.begin(), retired_.end());
    retired_.clear();
  }

 private:
  static constexpr bool kWatched = std::is_base_of_v<Watch, T>;
  // What stands where the watch of a retired object was.
  struct Deaf : Watch {
    Deaf() : Watch([](Watch&, std::uint32_t) {}) {}
  };
  struct Place {
    alignas(T) std::byte bytes[sizeof(T)];
  };
  static constexpr std::size_t kObjectsPerChunk = sizeof(T) < 1024 ? 128 : 16;

  // Both lists get room for every place here, so that nothing is allocated when objects come and go.
  void grow() {
    Place* chunk = chunks_.emplace_back(std::make_unique_for_overwrite<Place[]>(kObjectsPerChunk)).get();
    free_.reserve(chunks_.size() * kObjectsPerChunk);
    retired_.reserve(chunks_.size() * kObjectsPerChunk);
    poison(chunk, kObjectsPerChunk * sizeof(Place));
    for (std::size_t i = kObjectsPerChunk; i-- > 0;) free_.push_back(&chunk[i]);
  }

  Loop& loop_;
  std::vector<Place*> free_;     // within chunks_
  std::vector<Place*> retired_;  // within chunks_; free once the turn is over
  std::size_t live_ = 0;
  std::vector<std::unique_ptr<Place[]>> chunks_;
};

}  // namespace demo
