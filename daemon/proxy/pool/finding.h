#pragma once

namespace demo {

class Member;

// What there is in a pool for a wish.
struct Finding {
  Member* free = nullptr;  // not owned; it is secured: a connection to it may be taken now
  Member* full =
      nullptr;  // not owned; without a free one: whose limit is in the way. Null as well: none is usable
};

}  // namespace demo
