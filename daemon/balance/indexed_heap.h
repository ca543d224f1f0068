#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/prefetch.h"

namespace demo {

// A binary heap of indices below a fixed number, which knows where each of them is: any can be taken out.
// Keys are the caller's, and those of indices that are in may not change; before(a, b) says whether a comes
// before b. All functions but top() and the like take the logarithm of size().
template <typename Before>
class IndexedHeap {
 public:
  explicit IndexedHeap(Before before) : before_(std::move(before)) {}

  // Empty, for indices below count.
  void reset(std::size_t count) {
    heap_.clear();
    heap_.reserve(count);
    places_.assign(count, kOut);
  }

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  bool has(std::size_t index) const { return places_[index] != kOut; }
  std::size_t top() const { return heap_.front(); }

  void prefetch(std::size_t index) const { demo::prefetch(places_[index]); }

  // Precondition: it is not in.
  void push(std::size_t index) {
    heap_.push_back(static_cast<std::uint32_t>(index));
    rise(heap_.size() - 1, static_cast<std::uint32_t>(index));
  }
  // Precondition: it is in.
  void remove(std::size_t index) {
    const std::size_t place = places_[index];
    places_[index] = kOut;
    const std::uint32_t last = heap_.back();
    heap_.pop_back();
    if (last == index) return;
    if (place > 0 && before_(last, heap_[(place - 1) / 2])) {
      rise(place, last);
    } else {
      sink(place, last);
    }
  }

 private:
  static constexpr std::uint32_t kOut = UINT32_MAX;

  void put(std::size_t place, std::uint32_t index) {
    heap_[place] = index;
    places_[index] = static_cast<std::uint32_t>(place);
  }
  void rise(std::size_t place, std::uint32_t index) {
    while (place > 0) {
      const std::size_t parent = (place - 1) / 2;
      if (!before_(index, heap_[parent])) break;
      put(place, heap_[parent]);
      place = parent;
    }
    put(place, index);
  }
  // Down to a leaf along the children that come first, and up again from there (Wegener 1993): what sinks
  // nearly always belongs at the bottom, which costs one comparison a level so instead of two.
  void sink(std::size_t place, std::uint32_t index) {
    for (std::size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
      if (child + 1 < heap_.size() && before_(heap_[child + 1], heap_[child])) ++child;
      put(place, heap_[child]);
      place = child;
    }
    rise(place, index);
  }

  Before before_;
  std::vector<std::uint32_t> heap_;
  std::vector<std::uint32_t> places_;  // by index; kOut
};

}  // namespace demo
