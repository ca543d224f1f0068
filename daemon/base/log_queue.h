#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/unique_fd.h"

namespace demo {

// Lines on their way to a log that may stand still: a full pipe, a stopped reader, a terminal that nobody
// reads, a full disk. Whoever logs never waits for it: it writes what the log takes at once, a thread writes
// the rest, and what waits is bounded. A line beyond that is lost and counted, and the count stands in the
// log where the lines are missing. The thread begins with the first line that is not taken at once, since the
// C library's calls cost more in a process that ever had two. A regular file is written by whoever logs: it
// has no reader that could stop. Thread-safe.
class LogQueue {
 public:
  // What may wait; further lines are lost.
  static constexpr std::size_t kBytes = 256 * 1024;
  // The note about this many lost lines, with its end of line.
  using LossNote = std::string (*)(std::uint64_t lines);

  // Writes to the descriptor, which is borrowed and stays open. The thread has every signal blocked; where
  // this host has none to give, whoever logs writes by itself.
  LogQueue(int fd, LossNote note);
  // What still waits is lost. Does not wait for a write that stands still.
  ~LogQueue();
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  // One line with its end.
  void push(std::string line);
  // The descriptor is another file now: what waits goes there, even when the old file still holds a write up.
  // own: open_own() of it.
  void on_sink_changed(UniqueFd own);

  // What the descriptor leads to opened once more, so that writes never wait: others write to the same open
  // file, and it is theirs to say whether it blocks. Empty for a file or a socket, which need none, and where
  // it cannot be opened: then a thread writes each line.
  static UniqueFd open_own(int fd);
  // Waits until everything is written; false when that takes longer than this.
  bool flush(std::chrono::milliseconds time);

  // Lines lost since the start.
  std::uint64_t lost() const;
  // Whether nothing was written for a second while lines wait.
  bool stalled() const;

 private:
  class Sink;
  struct State;
  static void run(const std::shared_ptr<State>& state, std::uint64_t epoch);
  // False when there is no thread for it.
  bool start_writer(std::uint64_t epoch);

  // Shared with the thread, which may be in a write that never ends when the queue does.
  const std::shared_ptr<State> state_;
};

}  // namespace demo
