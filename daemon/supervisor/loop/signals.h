#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/loop/fd_watch.h"

namespace demo {

// SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2 and SIGRTMIN as events of the supervisor's loop,
// signalfd(2).
class Signals {
 public:
  // From here on they wait for open(), and stay blocked until leave_to_kernel(). Call before any thread
  // starts, so that every thread inherits that.
  static void block();
  // Blocks them too. Error: kResourceExhausted.
  static Result<std::unique_ptr<Signals>> open(boost::asio::io_context& loop,
                                               std::function<void(int signal)> on_signal);

  // Whether one that asks for the end waits, for who has no loop yet.
  static bool end_is_asked();

  // For when no loop reads them any more: from here on those that ask for the end do to the process what
  // they do to any other, the others nothing. Called on the main thread, after the object's last use.
  static void leave_to_kernel();

 private:
  Signals(boost::asio::io_context& loop, UniqueFd fd, std::function<void(int)> on_signal);
  void read_all();

  UniqueFd fd_;
  const std::function<void(int)> on_signal_;
  FdWatch watch_;
};

}  // namespace demo
