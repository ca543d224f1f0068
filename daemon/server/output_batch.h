#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "server/canned_response.h"

namespace demo {

// The responses to the requests of one recv, gathered to leave in one send: as long as all are the configured
// keep-alive response nothing is copied. One a worker; empty between two turns of a session. What it holds
// never exceeds CannedResponse::kBytesMax, so that what a socket does not take fits one pooled buffer.
class OutputBatch {
 public:
  // Adds the configured keep-alive response; false when it is full and has to be sent first.
  bool add_canned(const CannedResponse& canned) {
    if (used_ == 0 && run_count_ < canned.run_max()) {
      run_ = &canned;
      ++run_count_;
      ++responses_;
      return true;
    }
    return add(canned.bytes(Persistence::kKeep, false), 1);
  }

  // Adds other bytes that complete so many responses; false when they do not fit and nothing was added.
  bool add(std::string_view bytes, unsigned responses);

  bool empty() const { return used_ == 0 && run_count_ == 0; }
  unsigned responses() const { return responses_; }

  // Everything added, in order. Valid until the next add or clear, and until the canned response changes.
  std::string_view bytes() const {
    return used_ == 0 && run_count_ > 0 ? run_->run(run_count_) : std::string_view(memory_.data(), used_);
  }

  void clear() {
    used_ = 0;
    run_count_ = 0;
    responses_ = 0;
  }

 private:
  const CannedResponse* run_ = nullptr;  // not owned; set while run_count_ is not 0
  unsigned run_count_ = 0;
  unsigned responses_ = 0;
  std::size_t used_ = 0;
  std::array<char, CannedResponse::kBytesMax> memory_;
};

}  // namespace demo
