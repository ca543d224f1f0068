#pragma once

#include <cstddef>

namespace demo {

// Memory that is not the heap's, for what grows and shrinks in large pieces: it really goes back to the
// system when it is given back. bytes is a power of two and a multiple of the page size.

// Zero-filled, and aligned to its own size. Throws std::bad_alloc.
void* map_pages(std::size_t bytes);
void unmap_pages(void* memory, std::size_t bytes) noexcept;
// The pages cost nothing until they are touched again; what they held is gone (madvise(2), MADV_DONTNEED).
void release_pages(void* memory, std::size_t bytes) noexcept;

}  // namespace demo
