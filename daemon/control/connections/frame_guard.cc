#include "control/connections/frame_guard.h"

#include <algorithm>

#include "base/limits.h"

namespace demo {
namespace {

// RFC 9113 section 3.4.
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// RFC 9113 section 6.
constexpr unsigned kData = 0;
constexpr unsigned kHeaders = 1;
constexpr unsigned kSettings = 4;
constexpr unsigned kWindowUpdate = 8;
constexpr unsigned kContinuation = 9;
constexpr unsigned kEndStream = 1;
constexpr unsigned kAck = 1;
constexpr unsigned kEndHeaders = 4;

constexpr std::string_view kNoPreface = "it does not speak HTTP/2";
constexpr std::string_view kLargeBlock = "a header block is too large";
constexpr std::string_view kLargeFrame = "a frame is too large";
constexpr std::string_view kUnsettled = "too many calls before it acknowledged the settings";
constexpr std::string_view kTooMany = "too many frames that bring nothing on, like resets and pings";

}  // namespace

std::string_view FrameGuard::read(std::string_view bytes, std::uint64_t now_ns) {
  const std::size_t expected = std::min(kPreface.size() - preface_, bytes.size());
  if (bytes.substr(0, expected) != kPreface.substr(preface_, expected)) return kNoPreface;
  preface_ += expected;
  bytes.remove_prefix(expected);
  while (!bytes.empty()) {
    const std::size_t skipped = std::min(payload_, bytes.size());
    payload_ -= skipped;
    bytes.remove_prefix(skipped);
    const std::size_t taken = std::min(kHeaderBytes - header_size_, bytes.size());
    std::copy_n(bytes.begin(), taken, header_.begin() + header_size_);
    header_size_ += taken;
    bytes.remove_prefix(taken);
    if (header_size_ < kHeaderBytes) break;
    header_size_ = 0;
    if (const std::string_view wrong = judge(now_ns); !wrong.empty()) return wrong;
  }
  return {};
}

std::string_view FrameGuard::judge(std::uint64_t now_ns) {
  payload_ = std::size_t{header_[0]} << 16 | std::size_t{header_[1]} << 8 | header_[2];
  const unsigned type = header_[3];
  const unsigned flags = header_[4];
  if (type == kHeaders || type == kContinuation) {
    block_ += payload_;
    if (block_ > limits::kControlHeaderBlockBytes) return kLargeBlock;
    if ((flags & kEndHeaders) != 0) block_ = 0;
  } else if (type != kData && payload_ > limits::kControlHeaderBlockBytes) {
    return kLargeFrame;
  }
  // Until then gRPC holds it to no number of streams.
  settled_ = settled_ || (type == kSettings && (flags & kAck) != 0);
  if (type == kHeaders && !settled_ && ++unsettled_calls_ > limits::kControlStreamsPerConnection)
    return kUnsettled;
  const bool useful = type == kHeaders || type == kWindowUpdate ||
                      (type == kData && (payload_ > 0 || (flags & kEndStream) != 0));
  if (useful) return {};
  if (free_frames_ > 0) {
    --free_frames_;
    return {};
  }
  return budget_.take(now_ns) ? std::string_view() : kTooMany;
}

}  // namespace demo
