#pragma once

namespace demo {

// A sanitizer looks at the memory of its process from another one, reads files, and makes system calls of its
// own: under one a worker gives up capabilities alone.
#ifdef DEMO_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace demo
