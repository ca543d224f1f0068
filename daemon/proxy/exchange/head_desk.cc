#include "proxy/exchange/head_desk.h"

#include <ctime>

namespace demo {

std::string_view HeadDesk::date() {
  // The monotonic second changes as often as the clock's does, which is all that matters for a cache.
  const std::uint64_t second = loop_.now_ns() / 1'000'000'000 + 1;
  if (second != date_second_) {
    date_second_ = second;
    date_ = HttpDate(std::time(nullptr));
  }
  return date_.text();
}

}  // namespace demo
