#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "control/connections/frame_budget.h"

namespace demo {

// Reads the frame headers of what a client of HTTP/2 sends, RFC 9113 section 4.1, and says when gRPC must not
// see more of it: gRPC keeps a header block without bound until it ends, and what a reset call took until it
// gets round to it. All else, also how large a DATA frame may be, gRPC judges itself. Pure.
class FrameGuard {
 public:
  // budget: of the user, outlives the guard.
  explicit FrameGuard(FrameBudget& budget) : budget_(budget) {}

  // bytes: the next ones, split anywhere. Returns why the connection is to be ended; empty: nothing is wrong.
  // What is wrong stays wrong: no further call then. now_ns: on the monotonic clock.
  std::string_view read(std::string_view bytes, std::uint64_t now_ns);

 private:
  static constexpr std::size_t kHeaderBytes = 9;

  std::string_view judge(std::uint64_t now_ns);

  FrameBudget& budget_;
  std::size_t preface_ = 0;  // bytes of the preface that have come
  std::array<unsigned char, kHeaderBytes> header_{};
  std::size_t header_size_ = 0;  // bytes of header_ that have come
  std::size_t payload_ = 0;      // bytes of the frame still to come
  std::size_t block_ = 0;        // bytes of the header block that has not ended
  int unsettled_calls_ = 0;      // begun before the client acknowledged gRPC's settings
  bool settled_ = false;         // it has
  unsigned free_frames_ = 8;     // that are not counted: every connection begins with some
};

}  // namespace demo
