#pragma once

#include <chrono>

// Times that both ends of the API know, so that democtl waits for what it did not say.
namespace demo::text {

// Of a drain whose request names no time: what is in flight then is no longer waited for.
inline constexpr std::chrono::seconds kBackendDrainTimeout{30};

}  // namespace demo::text
