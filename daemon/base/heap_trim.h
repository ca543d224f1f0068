#pragma once

#include <cstddef>

namespace demo {

// Gives back to the system what a rush left free between blocks of the heap that are still used: free(3)
// gives back none but the last ones. For a process that does not count its microseconds: one look goes
// through all that is free, malloc_trim(3).
class HeapTrim {
 public:
  // To be called now and then.
  void look();

 private:
  // As the last time left it, or less.
  std::size_t free_ = 0;      // bytes of the heap, with memory or without
  std::size_t resident_ = 0;  // bytes of this process that are no file's
};

}  // namespace demo
