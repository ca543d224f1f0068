#pragma once

#include <cstddef>

namespace demo {

inline constexpr std::size_t kCacheLineBytes = 64;

// Fetches an object into the cache that is read and written soon, while other work goes on: worth it where so
// many of them are in use that the one that is next has been pushed out of it. Of a large one only what is
// touched: bytes, from its beginning.
template <std::size_t bytes, typename T>
void prefetch_first(const T& object) {
  const auto* const begin = reinterpret_cast<const std::byte*>(&object);
  for (std::size_t at = 0; at < bytes; at += kCacheLineBytes) __builtin_prefetch(begin + at, 1);
  if constexpr (alignof(T) < kCacheLineBytes) __builtin_prefetch(begin + bytes - 1, 1);
}
template <typename T>
void prefetch(const T& object) {
  prefetch_first<sizeof(T)>(object);
}

}  // namespace demo
