#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <initializer_list>
#include <memory>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/fd_watch.h"

namespace demo {

// Signals as events of the supervisor's loop, signalfd(2). They stay blocked for the rest of the process's
// life: open before any thread starts, so that every thread inherits that.
class Signals {
 public:
  // Error: kResourceExhausted.
  static Result<std::unique_ptr<Signals>> open(boost::asio::io_context& loop,
                                               std::initializer_list<int> signals,
                                               std::function<void(int signal)> on_signal);

  // For when no loop reads them any more: from here on they do to the process what they do to any other,
  // those that only a loop could answer nothing. Called on the main thread, after the object's last use.
  static void leave_to_kernel(std::initializer_list<int> ending, std::initializer_list<int> ignored);

 private:
  Signals(boost::asio::io_context& loop, UniqueFd fd, std::function<void(int)> on_signal);
  void read_all();

  UniqueFd fd_;
  const std::function<void(int)> on_signal_;
  FdWatch watch_;
};

}  // namespace demo
