#pragma once

#include <cstddef>

#include "config/config.h"

namespace demo {

// Bytes that the state takes as the Config message of the API, or a few more, never less. Pure.
std::size_t message_size(const Config& config);

}  // namespace demo
