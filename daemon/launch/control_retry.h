#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "launch/open_control.h"
#include "supervisor/loop/loop_timer.h"

namespace demo {

// As long as it lives, a daemon whose API could not be opened while workers served tries again each second.
// All is borrowed. Runs on the supervisor's loop.
class ControlRetry {
 public:
  // Opens it at once where there is none, with what is kept.
  ControlRetry(boost::asio::io_context& loop, const Flags& flags, Supervisor& supervisor,
               std::unique_ptr<ControlServer>& control, NamedFds& kept);

 private:
  void look();

  const Flags& flags_;
  Supervisor& supervisor_;
  std::unique_ptr<ControlServer>& control_;
  NamedFds& kept_;
  LoopTimer timer_;
};

}  // namespace demo
