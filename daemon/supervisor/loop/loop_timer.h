#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace demo {

// One timer of the supervisor's loop. No callback after stop() or the destructor. A delay is over when the
// loop has watched for so long (base/watched_time.h).
class LoopTimer {
 public:
  LoopTimer(boost::asio::io_context& loop, std::function<void()> on_expiry);
  ~LoopTimer();
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;

  // Calls back once after the delay; replaces what was set.
  void start(std::chrono::milliseconds delay);
  // Calls back again and again, first after one period.
  void start_every(std::chrono::milliseconds period);
  void stop();
  bool running() const { return running_; }

 private:
  void arm();
  void arm_part();
  void on_part();

  std::function<void()> on_expiry_;
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds period_{0};  // 0: once
  std::chrono::nanoseconds left_{0};     // of the delay, when its present part began
  std::chrono::steady_clock::time_point part_began_;
  bool running_ = false;
  unsigned turn_ = 0;                 // handlers of earlier turns do nothing
  std::shared_ptr<LoopTimer*> self_;  // null behind it once the timer is gone: what handlers hold
};

}  // namespace demo
