#pragma once

#include <vector>

#include "base/address.h"

namespace demo {

// The addresses of this host's interfaces, without ports, without a netlink socket, which the unit does not
// let the daemon open. Empty when they cannot be read. netdevice(7), proc(5)
std::vector<Address> own_addresses();

// AF_INET or AF_INET6 where the host has addresses of that family alone, 127.0.0.1 and ::1 aside; else
// AF_UNSPEC. From any thread.
int family_of_host();

}  // namespace demo
