#include "supervisor/listening/open_handshakes.h"

namespace demo {

bool OpenHandshakes::possible(std::uint16_t port, std::uint64_t before) {
  // No later answer is another one.
  if (asked_ > before && !may_be_open(port)) return false;
  const std::uint64_t begin = clock_();
  if (begin < rests_until_ns_) return true;
  open_ = ask_();
  ++asked_;
  const std::uint64_t end = clock_();
  rests_until_ns_ = end + (end - begin) * kRest;
  return may_be_open(port);
}

}  // namespace demo
