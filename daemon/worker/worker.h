#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/confinement.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "channel/worker_exit.h"
#include "event/loop.h"
#include "event/timer_wheel.h"
#include "net/buffer_pool.h"
#include "quota/quota.h"
#include "stats/stats_area.h"
#include "worker/listener_set.h"
#include "worker/log_watch.h"
#include "worker/modes.h"
#include "worker/quota_bell.h"
#include "worker/supervisor_link.h"
#include "worker/turn_recorder.h"

namespace demo {

// One worker process: composes the rooms, applies what the supervisor says, drains, and ends.
class Worker final : private SupervisorLink::Receiver, private Timer, private Reclaimer {
 public:
  // page: which stats page, and which seat of the quota area, is this process's.
  static Result<std::unique_ptr<Worker>> open(unsigned page, UniqueFd channel, UniqueFd stats,
                                              QuotaArea quota);
  ~Worker();

  // What the supervisor is told of it, before run().
  void set_confinement(Confinement confinement) { confinement_ = std::move(confinement); }
  // When the loop turned last, monotonic ns.
  const Counter& heartbeat() const { return page_.worker.heartbeat_ns; }
  // Serves until it has drained.
  WorkerExit run();

 private:
  friend class Timer;
  Worker(unsigned page, std::unique_ptr<Loop> loop, UniqueFd channel, StatsArea stats, QuotaArea quota);

  void on_snapshot(ApplySnapshot message) override;
  void on_drain(std::chrono::milliseconds deadline) override;
  void on_distrust(const Address& address, std::chrono::milliseconds time) override {
    modes_.distrust(address, time);
  }
  void on_ejection(const BackendNotice& ejection) override { modes_.keep_out(ejection); }
  void on_patience(bool granted) override { patient_ = granted; }
  void on_lost() override;
  void on_alone() override;
  void on_nonsense(const Error& error) override;
  // Begins it, unless it has begun.
  void drain();
  // The drain deadline.
  void on_timeout();
  // At the end of each turn of a drain: whether it is complete.
  void reclaim() override;
  void leave(std::uint64_t forced);

  std::unique_ptr<Loop> loop_;
  StatsArea stats_;
  const unsigned page_index_;
  StatsPage& page_;
  QuotaArea quota_area_;
  Quota quota_;
  BufferPool buffers_{loop_->housekeeping()};
  SupervisorLink link_;
  LogWatch log_watch_;
  Modes modes_;
  ListenerSet listeners_;
  QuotaBell bell_;
  TurnRecorder recorder_;
  Confinement confinement_;
  WorkerExit exit_ = WorkerExit::kDone;
  bool draining_ = false;
  bool has_deadline_ = false;  // of the drain
  bool patient_ = false;       // there is none when the channel ends
  bool left_ = false;          // the drain is complete and reported
};

}  // namespace demo
