#pragma once

#include <vector>

#include "base/address.h"

namespace demo {

// The addresses of this host's interfaces, without ports; getifaddrs(3). Empty when they cannot be read.
std::vector<Address> own_addresses();

}  // namespace demo
