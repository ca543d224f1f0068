#pragma once

#include <cstddef>
#include <vector>

namespace demo {

// The element at the index, with default ones before it where there were fewer.
template <typename T>
T& grown(std::vector<T>& elements, std::size_t index) {
  if (index >= elements.size()) elements.resize(index + 1);
  return elements[index];
}

}  // namespace demo
