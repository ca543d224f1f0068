#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "config/identity.h"

namespace demo {

// Finds the elements of a list by their identity in logarithmic time: there may be thousands of them. Borrows
// the list, which does not change meanwhile.
template <typename T>
class ElementIndex {
 public:
  explicit ElementIndex(const std::vector<T>& list) {
    for (const T& element : list) sorted_.emplace_back(lookup_key(element), &element);
    std::ranges::stable_sort(sorted_, {}, &Entry::first);
  }

  // Borrowed from the list: the first one with the identity of the element, null when there is none.
  const T* find(const T& element) const {
    const Key key = lookup_key(element);
    auto entry = std::ranges::lower_bound(sorted_, key, {}, &Entry::first);
    for (; entry != sorted_.end() && entry->first == key; ++entry) {
      if (same_identity(*entry->second, element)) return entry->second;
    }
    return nullptr;
  }

 private:
  using Key = decltype(lookup_key(std::declval<const T&>()));
  using Entry = std::pair<Key, const T*>;

  std::vector<Entry> sorted_;  // those with one key in the list's order
};

}  // namespace demo
