#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/linked_list.h"
#include "base/poison.h"
#include "event/housekeeping.h"
#include "event/loop.h"
#include "event/page_memory.h"
#include "event/watch.h"

namespace demo {

// What a slab can keep: a T& must be the whole object, so that its address is that of its place; and where
// epoll points at the Watch of a T, there is one of them, which everybody sees.
template <typename T>
concept KeptInSlab = std::is_final_v<T> &&(!std::is_base_of_v<Watch, T> || std::is_convertible_v<T*, Watch*>);

// Memory for many objects of one type: no allocation once it has grown to what is in use, and an object
// retired during a turn stays harmless until the turn ends, since epoll may have reported it already. What is
// not needed any more goes back to the system a while later. One loop's.
//
// Each place holds one object, which always begins where its place begins, whatever its bases are. A place
// without an object keeps a link in its last bytes; the watch that ignores late events until the turn ends
// lies before it. In builds with AddressSanitizer all else of such a place is poisoned.
template <typename T>
class Slab final : public Reclaimer, private Tidied {
 public:
  explicit Slab(Loop& loop) : Tidied(loop.housekeeping()), loop_(loop) {
    static_assert(KeptInSlab<T>);
    static_assert(sizeof(Place) == sizeof(T) && alignof(Place) == alignof(T));
    static_assert(sizeof(Deaf) == sizeof(Watch) && alignof(T) >= alignof(Watch));
    static_assert(sizeof(T) >= sizeof(Watch) + sizeof(Place*) && alignof(T) >= alignof(Place*));
    static_assert(kPlaces >= 8);
  }
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  // All objects must have been retired.
  ~Slab() override {
    open_.clear();
    for (Chunk* chunk : chunks_) give_back(chunk);
  }

  template <typename... Args>
  T& create(Args&&... args) {
    if (open_.empty()) grow();
    Chunk& chunk = open_.front();
    Place* place = chunk.free;
    if (place != nullptr) {
      chunk.free = link_of(place);
    } else {
      place = chunk.places() + chunk.fresh++;
    }
    ++chunk.used;
    chunk.rests = 0;
    if (chunk.full()) chunk.open.unlink();
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
      if (reinterpret_cast<std::byte*>(watch + 1) > place->bytes + kLinkOffset) std::abort();
      object.~T();
      poison(place, sizeof(Place));
      unpoison(watch, sizeof(Deaf));
      ::new (static_cast<void*>(watch)) Deaf;
    } else {
      object.~T();
      poison(place, sizeof(Place));
    }
    if (retired_ == nullptr) loop_.reclaim_after_turn(*this);
    set_link(place, std::exchange(retired_, place));
    --live_;
  }

  std::size_t live() const { return live_; }
  // Memory that it holds, for tests.
  std::size_t held_bytes() const { return chunks_.size() * kChunkBytes; }

  void reclaim() override {
    while (retired_ != nullptr) {
      Place* place = std::exchange(retired_, link_of(retired_));
      poison(place, sizeof(Place));
      Chunk& chunk = *reinterpret_cast<Chunk*>(reinterpret_cast<std::uintptr_t>(place) & ~(kChunkBytes - 1));
      if (chunk.full()) open_.push_front(chunk);
      set_link(place, std::exchange(chunk.free, place));
      // Those that are in use come first, so that others stay empty.
      if (--chunk.used == 0) put_last(chunk);
    }
  }

 private:
  static constexpr bool kWatched = std::is_base_of_v<Watch, T>;
  // Aligned to its size, so that a place tells its chunk.
  static constexpr std::size_t kChunkBytes = 32 * 1024;
  // Back to the system at a time, about a tenth of a millisecond's work; the rest follows.
  static constexpr std::size_t kGivenBackAtOnce = 16;
  // So often it was empty when it goes back: not needed for a whole period.
  static constexpr std::uint32_t kRests = 2;

  // What stands where the watch of a retired object was.
  struct Deaf : Watch {
    Deaf() : Watch([](Watch&, std::uint32_t) {}) {}
  };
  struct Place {
    alignas(T) std::byte bytes[sizeof(T)];
  };
  static constexpr std::size_t kLinkOffset = sizeof(T) - sizeof(Place*);

  struct Chunk {
    MemberLink open;          // while it has room
    Place* free = nullptr;    // places that held an object before
    std::uint32_t fresh = 0;  // places from this one on never did
    std::uint32_t used = 0;   // by objects, or until the end of the turn
    std::uint32_t rests = 0;  // how often it was empty when the slab was tidied, since something came last

    Place* places() { return reinterpret_cast<Place*>(reinterpret_cast<std::byte*>(this) + kPlacesOffset); }
    bool full() const { return free == nullptr && fresh == kPlaces; }
  };
  static constexpr std::size_t kPlacesOffset = (sizeof(Chunk) + alignof(T) - 1) / alignof(T) * alignof(T);
  static constexpr std::uint32_t kPlaces = (kChunkBytes - kPlacesOffset) / sizeof(Place);

  static Place* link_of(Place* place) {
    Place** link = reinterpret_cast<Place**>(place->bytes + kLinkOffset);
    unpoison(link, sizeof *link);
    Place* const next = *link;
    poison(link, sizeof *link);
    return next;
  }
  static void set_link(Place* place, Place* next) {
    Place** link = reinterpret_cast<Place**>(place->bytes + kLinkOffset);
    unpoison(link, sizeof *link);
    *::new (static_cast<void*>(link)) Place* = next;
    poison(link, sizeof *link);
  }

  void grow() {
    auto* chunk = ::new (map_pages(kChunkBytes)) Chunk;
    chunks_.push_back(chunk);
    poison(chunk->places(), kPlaces * sizeof(Place));
    open_.push_front(*chunk);
  }

  static void give_back(Chunk* chunk) {
    unpoison(chunk->places(), kPlaces * sizeof(Place));
    unmap_pages(chunk, kChunkBytes);
  }

  void put_last(Chunk& chunk) {
    chunk.open.unlink();
    open_.push_back(chunk);
  }

  bool tidy() override {
    resting_ = 0;
    for (Chunk* chunk : chunks_) {
      if (chunk->used == 0 && ++chunk->rests >= kRests) ++resting_;
    }
    return tidy_on();
  }

  // One chunk stays: the next object should not have to wait for the system.
  bool tidy_on() override {
    std::size_t left = std::min(resting_, kGivenBackAtOnce);
    if (left == 0) return false;
    resting_ -= left;
    std::erase_if(chunks_, [&](Chunk* chunk) {
      if (left == 0 || chunk->rests < kRests || (chunk == &open_.front() && chunk == &open_.back()))
        return false;
      --left;
      chunk->open.unlink();
      give_back(chunk);
      return true;
    });
    return resting_ > 0;
  }

  Loop& loop_;
  Place* retired_ = nullptr;              // linked; free once the turn is over
  MemberList<Chunk, &Chunk::open> open_;  // those with room
  std::size_t live_ = 0;
  std::size_t resting_ = 0;     // chunks that are to go back in this period; some may be needed by now
  std::vector<Chunk*> chunks_;  // owned
};

}  // namespace demo
