#pragma once

#include <cstdint>
#include <vector>

#include "event/loop.h"
#include "event/timer_wheel.h"
#include "event/yielding_watch.h"
#include "net/connection_budget.h"
#include "stats/stats_page.h"

namespace demo {

class Acceptor;

// Stops all acceptors of a worker at its connection limit or when descriptors run out, and starts them again
// when a connection closes or after a pause: the kernel's queues hold what comes meanwhile. Never spins,
// drops nothing. An acceptor that epoll does not take is tried again now and then, while the others go on.
class AcceptThrottle final : public ConnectionBudget::Waiter, public Timer, public YieldingWatch {
 public:
  AcceptThrottle(Loop& loop, ConnectionBudget& budget, WorkerStats& stats);

  // Called by acceptors of themselves.
  void add(Acceptor& acceptor);
  void remove(Acceptor& acceptor);

  // Room for one more connection: it is opened, or unused() says that there was none.
  bool take() { return budget_.take(); }
  void unused() { budget_.unused(); }
  bool paused() const { return paused_; }
  void pause_at_limit();
  // error_number: errno of accept4(2): EMFILE, ENFILE, ENOBUFS, ENOMEM and the like.
  void pause_after_error(int error_number);
  // epoll does not take an acceptor for now (epoll_ctl(2): ENOSPC, ENOMEM).
  void try_again_later();

  // A connection closed: there is room again.
  void on_room() override;

 private:
  friend class Timer;
  friend class Watch;
  void on_timeout();
  void on_ready(std::uint32_t) { use_turn(); }
  // This worker is the next that may accept under the daemon's limit: it does so now, or lets others pass.
  void use_turn();
  void pause();
  void resume();
  void watch_all();

  Loop& loop_;
  ConnectionBudget& budget_;
  WorkerStats& stats_;
  std::vector<Acceptor*> acceptors_;  // not owned
  bool paused_ = false;
  std::uint64_t last_log_ns_ = 0;
};

}  // namespace demo
