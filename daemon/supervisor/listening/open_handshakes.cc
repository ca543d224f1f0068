#include "supervisor/listening/open_handshakes.h"

namespace demo {

bool OpenHandshakes::possible(std::uint16_t port) {
  const std::uint64_t begin = clock_();
  if (begin < rests_until_ns_) return true;
  const bool open = ask_(port);
  const std::uint64_t end = clock_();
  rests_until_ns_ = end + (end - begin) * kRest;
  return open;
}

}  // namespace demo
