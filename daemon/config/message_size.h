#pragma once

#include <cstddef>

#include "config/config.h"

namespace demo {

// An estimate from above of the bytes that the state takes as the Config message of the API. Pure.
std::size_t message_size(const Config& config);

}  // namespace demo
