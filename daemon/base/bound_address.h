#pragma once

#include <optional>

#include "base/address.h"

namespace demo {

// What a socket is bound to, getsockname(2); nothing for a unix socket without a path.
std::optional<Address> bound_address(int socket);

}  // namespace demo
