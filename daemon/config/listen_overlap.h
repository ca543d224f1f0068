#pragma once

#include "base/address.h"

namespace demo {

// Which TCP connections a listening socket may be given.
struct ListenClaim {
  Address address;
  bool v6only = false;     // IPV6_V6ONLY: [::] claims no IPv4
  unsigned interface = 0;  // index; 0: any
};

// Whether one connection could be given to either. Pure.
bool overlaps(const ListenClaim& one, const ListenClaim& other);

}  // namespace demo
