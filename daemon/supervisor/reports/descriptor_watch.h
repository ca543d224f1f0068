#pragma once

#include <cstdint>
#include <string>

namespace demo {

// Tells the beginning and the end of a time without descriptors: it ends when there were some at all looks of
// ten seconds, so that one that comes and goes is one. Pure.
class DescriptorWatch {
 public:
  enum class Change { kNone, kBegan, kEnded };

  // One look, about once a second. why: why_no_descriptor(). now_ns: monotonic.
  Change look(std::uint64_t now_ns, const std::string& why);

 private:
  bool short_ = false;
  std::uint64_t short_ns_ = 0;  // the last look that found none
};

}  // namespace demo
