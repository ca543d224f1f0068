#pragma once

#include <cstdint>

namespace demo {

// Calls of malloc(3) and its relatives by this process so far, operator new included.
std::uint64_t allocation_count();

}  // namespace demo
