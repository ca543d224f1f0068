#pragma once

#include <cstdint>

namespace demo {

// What a caller may do: kViewer calls Monitor, kAdmin also Control.
enum class Role : std::uint8_t { kViewer, kAdmin };

}  // namespace demo
