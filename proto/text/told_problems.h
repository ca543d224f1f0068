#pragma once

#include <cstddef>

namespace demo::text {

// So many things that are wrong with one text or change are told, and how many more there are; whoever has
// mended them sees the next ones.
inline constexpr std::size_t kToldProblems = 50;

}  // namespace demo::text
