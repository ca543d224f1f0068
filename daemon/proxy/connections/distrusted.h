#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"

namespace demo {

// The addresses that lately sent a response nobody had asked for, and until when no connection to them is
// kept, as this worker or another found out: remembered whichever pool they are in, and while they are in
// none. One in a worker.
class Distrusted {
 public:
  // now_ns, until_ns: monotonic. Beyond limits::kBackendMembers addresses the one that is due first is
  // forgotten.
  void add(const Address& address, std::uint64_t now_ns, std::uint64_t until_ns);
  // 0: not distrusted. May lie in the past.
  std::uint64_t until_ns(const Address& address) const;

 private:
  struct Entry {
    Address address;
    std::uint64_t until_ns = 0;
  };
  std::vector<Entry> entries_;
};

}  // namespace demo
