#include "event/page_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace demo {

void* map_pages(std::size_t bytes) {
  // Twice as much holds an aligned piece; the rest goes back.
  void* const area = ::mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<std::byte*>(area);
  const std::size_t over = reinterpret_cast<std::uintptr_t>(area) % bytes;
  const std::size_t before = over == 0 ? 0 : bytes - over;
  if (before > 0) ::munmap(begin, before);
  ::munmap(begin + before + bytes, bytes - before);
  return begin + before;
}

void unmap_pages(void* memory, std::size_t bytes) noexcept { ::munmap(memory, bytes); }

void release_pages(void* memory, std::size_t bytes) noexcept { ::madvise(memory, bytes, MADV_DONTNEED); }

}  // namespace demo
