#include "supervisor/reports/descriptor_watch.h"

#include <utility>

namespace demo {
namespace {

constexpr std::uint64_t kQuietNs = 10'000'000'000;

}  // namespace

DescriptorWatch::Change DescriptorWatch::look(std::uint64_t now_ns, const std::string& why) {
  if (!why.empty()) {
    short_ns_ = now_ns;
    return std::exchange(short_, true) ? Change::kNone : Change::kBegan;
  }
  if (!short_ || now_ns - short_ns_ < kQuietNs) return Change::kNone;
  short_ = false;
  return Change::kEnded;
}

}  // namespace demo
