#pragma once

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <vector>

#include "config/identity.h"

namespace demo {

// Finds the elements of a list by their identity: pools and backends, of which there may be thousands, in
// logarithmic time. Listeners are gone through, for an address is no text (two may name one zone), and there
// are limits::kListeners at most. Borrows the list, which does not change meanwhile.
template <typename T>
class ElementIndex {
 public:
  explicit ElementIndex(const std::vector<T>& list) : list_(list) {
    if constexpr (kByText) {
      for (const T& element : list) sorted_.push_back(&element);
      std::ranges::stable_sort(sorted_, {}, text_of);
    }
  }

  // Borrowed from the list: the first one with the identity of the element, null when there is none.
  const T* find(const T& element) const {
    if constexpr (kByText) {
      const auto found = std::ranges::lower_bound(sorted_, text_of(&element), {}, text_of);
      return found == sorted_.end() || !same_identity(**found, element) ? nullptr : *found;
    } else {
      return find_same(list_, element);
    }
  }

 private:
  static constexpr bool kByText = !std::is_same_v<T, Listener>;
  static std::string_view text_of(const T* element) { return identity_text(*element); }

  const std::vector<T>& list_;
  std::vector<const T*> sorted_;  // by identity, those of one in the list's order
};

}  // namespace demo
