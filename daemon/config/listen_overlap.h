#pragma once

#include "base/address.h"

namespace demo {

// What a listener on this address is to the kernel, whatever way it is written: beside what Address makes one
// already, a unix path has no empty and no "." components. Pure, so symbolic links and ".." stay.
Address listening_address(const Address& address);

// Which TCP connections a listening socket may be given.
struct ListenClaim {
  Address address;
  bool v6only = false;     // IPV6_V6ONLY: [::] claims no IPv4
  unsigned interface = 0;  // index; 0: any
};

// Whether one connection could be given to either. Pure.
bool overlaps(const ListenClaim& one, const ListenClaim& other);

}  // namespace demo
