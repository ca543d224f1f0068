#include "base/heap_trim.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace demo {
namespace {

// So much may stay free, for what comes next.
constexpr std::size_t kReserveBytes = 1024 * 1024;

// In all arenas.
std::size_t free_bytes() { return ::mallinfo2().fordblks; }

// /proc/self/statm, proc(5); 0 where it cannot be read.
std::size_t resident_bytes() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::size_t of_files = 0;
  std::ifstream("/proc/self/statm") >> size >> resident >> of_files;
  return (resident - std::min(resident, of_files)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

// What is free tells nothing of what has memory, and a rush may come and go between two looks: more that is
// free, or more memory, is a reason.
void HeapTrim::look() {
  const std::size_t free = free_bytes();
  const std::size_t resident = resident_bytes();
  free_ = std::min(free_, free);
  resident_ = std::min(resident_, resident);
  const bool more = free - free_ > kReserveBytes || resident - resident_ > kReserveBytes;
  if (free <= kReserveBytes || !more) return;
  ::malloc_trim(0);
  free_ = free_bytes();
  resident_ = resident_bytes();
}

}  // namespace demo
