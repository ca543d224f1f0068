#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/shared_fd.h"

namespace demo {

// One packet of a worker's channel: bytes, and descriptors that travel beside them.
struct Frame {
  // A larger packet is an error on either side.
  static constexpr std::size_t kSizeBytes = 64 * 1024;
  // SCM_MAX_FD of the kernel, unix(7): a packet with more is refused by sendmsg(2).
  static constexpr std::size_t kDescriptors = 253;

  std::string bytes;
  std::vector<SharedFd> fds;
  // Received without some of its descriptors, for which this process had no room, recvmsg(2) MSG_CTRUNC.
  bool descriptors_lost = false;
};

enum class FrameProgress : std::uint8_t {
  kDone,        // a frame was sent or received
  kWouldBlock,  // try again when the socket is ready
  kClosed,      // the peer closed its end
  kShortage,    // this host lacks memory or descriptors for it now, is_shortage(): try again later
};

// Sends one frame on a non-blocking SOCK_SEQPACKET socket; all of it or nothing. The descriptors stay the
// caller's. Error: kInvalidArgument for an empty or too large frame, kUnavailable for what sendmsg(2)
// reports.
Result<FrameProgress> send_frame(int channel, std::string_view bytes, std::span<const SharedFd> fds);

// Receives one frame into `frame`, replacing what it held. Received descriptors are close-on-exec.
// Error: kInvalidArgument for a truncated frame, kUnavailable for what recvmsg(2) reports.
Result<FrameProgress> receive_frame(int channel, Frame& frame);

}  // namespace demo
