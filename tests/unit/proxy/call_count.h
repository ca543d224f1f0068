#pragma once

#include <map>
#include <string>

namespace demo::test {

// Counts what the calling thread asks of the kernel and of the heap while it is alive. One at a time in a
// thread. Covers the socket calls, epoll_ctl(2), splice(2) and close(2); epoll_wait(2) is shared by a turn
// and not counted.
class CallCount {
 public:
  CallCount();
  ~CallCount();
  CallCount(const CallCount&) = delete;
  CallCount& operator=(const CallCount&) = delete;

  // Stops counting. Calls by name, "new" for allocations; absent when there were none.
  std::map<std::string, unsigned> finish();
  void clear() { calls_.clear(); }

  // For the functions that stand in for the real ones.
  static void note(const char* name);

 private:
  std::map<std::string, unsigned> calls_;
};

// While one is alive the kernel has no room for another watch of the calling thread: epoll_ctl(2), ENOSPC.
class NoMoreWatches {
 public:
  NoMoreWatches();
  ~NoMoreWatches();
  NoMoreWatches(const NoMoreWatches&) = delete;
  NoMoreWatches& operator=(const NoMoreWatches&) = delete;
};

// While one is alive these calls of the calling thread fail with this errno on sockets whose peer has the
// port. kConnect: a connect(2) that has failed says that it was for this.
class FailingCalls {
 public:
  enum Which : unsigned { kReceive = 1, kSend = 2, kSplice = 4, kConnect = 8 };

  FailingCalls(int port, int error_number, unsigned which);
  ~FailingCalls();
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;
};

}  // namespace demo::test
