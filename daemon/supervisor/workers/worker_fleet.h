#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "quota/quota_keeper.h"
#include "stats/stats_area.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/reports/event_recorder.h"
#include "supervisor/workers/rolling_restart.h"
#include "supervisor/workers/worker_set.h"

namespace demo {

// The workers and what is told of them: records their starts, ends and troubles as events, and restarts them
// one after the other. Owns the set; runs on the supervisor's loop.
class WorkerFleet final : private WorkerSlot::Observer {
 public:
  struct Observer {
    std::function<void()> on_progress;      // states or acknowledgements changed: offers may go on
    std::function<void()> on_wish_changed;  // another process is the worker: sockets are to be lent anew
  };

  // All references are borrowed and outlive the fleet. generation: what runs.
  WorkerFleet(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
              QuotaKeeper& quota, EventRecorder& events, const std::uint64_t& generation, Observer observer);

  WorkerSet& workers() { return workers_; }
  const WorkerSet& workers() const { return workers_; }

  // The workers that shall run from now on, WorkerSet::resize().
  void resize(const std::vector<WorkerPlace>& places);
  // As SupervisorApi::restart_workers().
  void restart(const RestartRequest& request, std::function<void(Result<ChangeOutcome>)> done);
  // Answers the restart that is under way with kUnavailable.
  void stop() { restart_.stop(); }

  // Lines of the workers' logs that were lost since the start.
  std::uint64_t log_losses() const { return log_losses_; }
  void remember_log_losses(std::uint64_t lines) { log_losses_ = lines; }

 private:
  void on_worker_progress(WorkerSlot& worker) override;
  void on_worker_started(WorkerSlot& worker) override;
  void on_worker_ready(WorkerSlot& worker) override;
  void on_worker_exited(WorkerSlot& worker, const ProcessExit& exit, std::uint64_t lost, bool asked) override;
  void on_backend_notice(WorkerSlot& worker, const BackendNotice& notice) override;
  void on_distrust(const BackendNotice& notice) override { workers_.spread_distrust(notice); }
  void on_log_loss(std::uint64_t lines) override { log_losses_ += lines; }
  void on_worker_trouble(WorkerSlot& worker, const std::string& what) override;
  void on_worker_relief(WorkerSlot& worker, const std::string& what) override;
  void tell_gaps(const Confinement& confinement);
  // Those that are asked for and of the plan. kNotFound when there is none.
  Result<std::vector<unsigned>> indexes_of(const RestartRequest& request) const;

  EventRecorder& events_;
  const std::uint64_t& generation_;
  const Observer observer_;
  WorkerSet workers_;
  RollingRestart restart_;
  LoopTimer restart_timer_;          // of the worker that restarts
  std::set<std::string> told_gaps_;  // problems of a confinement, each of which is told once
  std::uint64_t log_losses_ = 0;
};

}  // namespace demo
