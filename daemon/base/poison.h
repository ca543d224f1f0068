#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
#define DEMO_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DEMO_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef DEMO_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace demo {

// What recycles memory says so here: AddressSanitizer then reports who touches memory that is held back, as
// it does for memory that was freed. In other builds nothing of this exists.

// Nobody may touch these bytes until they are lent again.
inline void poison([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef DEMO_ADDRESS_SANITIZER
  __asan_poison_memory_region(memory, bytes);
#endif
}

inline void unpoison([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef DEMO_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(memory, bytes);
#endif
}

// Aborts with these words when the memory is held back already: it is given back twice.
inline void expect_lent([[maybe_unused]] const void* memory, [[maybe_unused]] std::size_t bytes,
                        [[maybe_unused]] const char* what) {
#ifdef DEMO_ADDRESS_SANITIZER
  // The interface takes no pointer to constant bytes, and changes none.
  if (__asan_region_is_poisoned(const_cast<void*>(memory), bytes) == nullptr) return;
  std::fprintf(stderr, "%s given back twice: %p\n", what, memory);
  std::abort();
#endif
}

}  // namespace demo
