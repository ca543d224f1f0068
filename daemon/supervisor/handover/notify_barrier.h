#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <utility>

#include "base/unique_fd.h"
#include "supervisor/loop/fd_watch.h"
#include "supervisor/reports/systemd_socket.h"

namespace demo {

// Tells when the service manager has taken every message that was sent to it before: BARRIER=1 of
// sd_notify(3), a descriptor that it closes then. Never waits for it. Runs on the supervisor's loop.
class NotifyBarrier {
 public:
  // manager: borrowed. on_passed: pending() became false.
  NotifyBarrier(boost::asio::io_context& loop, SystemdSocket& manager, std::function<void()> on_passed)
      : loop_(loop), manager_(manager), on_passed_(std::move(on_passed)) {}

  // Instead of one that is under way, if any. False: the manager has no room for it now. Without a descriptor
  // to spare nothing is waited for.
  bool begin();
  bool pending() const { return pending_; }

 private:
  void on_closed();

  boost::asio::io_context& loop_;
  SystemdSocket& manager_;
  const std::function<void()> on_passed_;
  UniqueFd ours_;
  std::optional<FdWatch> watch_;
  bool pending_ = false;
};

}  // namespace demo
