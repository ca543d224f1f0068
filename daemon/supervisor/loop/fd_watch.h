#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>

namespace demo {

// Calls back on the supervisor's loop each time a descriptor is ready. Borrows the descriptor, which must
// outlive the watch; no callback after the destructor, even for readiness already noticed.
class FdWatch {
 public:
  using Wait = boost::asio::posix::stream_descriptor::wait_type;

  FdWatch(boost::asio::io_context& loop, int fd, std::function<void()> on_ready);
  ~FdWatch();
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;

  // Calls back while the descriptor is readable, until stop_reading().
  void watch_reading();
  void stop_reading() { reading_ = false; }
  // Calls back once when it is writable.
  void wait_writable();

 private:
  void arm(Wait wait, bool again);

  std::function<void()> on_ready_;
  boost::asio::posix::stream_descriptor descriptor_;
  bool reading_ = false;
  bool waiting_writable_ = false;
  std::shared_ptr<FdWatch*> self_;  // null behind it once the watch is gone: what handlers hold
};

}  // namespace demo
