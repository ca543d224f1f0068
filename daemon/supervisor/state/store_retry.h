#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <string>

#include "supervisor/loop/loop_timer.h"
#include "supervisor/loop/side_thread.h"

namespace demo {

// Finds out when a state directory that refused a write takes files again: by a trial on a thread of its own,
// first after a second, then ever more rarely. Runs on the loop, which it borrows.
class StoreRetry {
 public:
  // directory: StateStore::directory(). on_writable: writes what is wanting; begin() there tries on, end()
  // says that all is written.
  StoreRetry(boost::asio::io_context& loop, std::string directory, std::function<void()> on_writable);

  // Something of so many bytes could not be written. Nothing happens when it is at it already.
  void begin(std::size_t bytes);
  // The next begin() tries soon again.
  void end();

 private:
  void try_writing();
  void on_tried(bool writable);

  const std::string directory_;
  const std::function<void()> on_writable_;
  std::size_t bytes_ = 0;
  unsigned pause_s_ = 0;  // before the last trial
  bool trying_ = false;
  LoopTimer timer_;
  SideThread thread_;  // last: gone before what its job hands over to
};

}  // namespace demo
