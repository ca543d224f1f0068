#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/heap_trim.h"
#include "base/log_limit.h"
#include "config/config.h"
#include "quota/quota_keeper.h"
#include "stats/stats_area.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/backends/backend_drains.h"
#include "supervisor/backends/forward_loop_watch.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/carried_state.h"
#include "supervisor/change_steps.h"
#include "supervisor/changes/change_queue.h"
#include "supervisor/changes/file_changes.h"
#include "supervisor/figures/stats_sampler.h"
#include "supervisor/handover_keeper.h"
#include "supervisor/listening/listener_places.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/listening/service_gap.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/loop/signals.h"
#include "supervisor/loop/watched_clock.h"
#include "supervisor/reports/descriptor_watch.h"
#include "supervisor/reports/event_recorder.h"
#include "supervisor/reports/systemd_notify.h"
#include "supervisor/second_report.h"
#include "supervisor/snapshot_source.h"
#include "supervisor/state/running_state.h"
#include "supervisor/state/saved_state.h"
#include "supervisor/status_reporter.h"
#include "supervisor/supervisor_options.h"
#include "supervisor/told_listeners.h"
#include "supervisor/traffic_watch.h"
#include "supervisor/upgrade_steps.h"
#include "supervisor/workers/worker_fleet.h"

namespace demo {

// The process core: keeps workers, sockets and configuration in step, and has done what signals and the API
// ask. Composes its parts, each of which knows only those above it in the list of members, and carries every
// request to its loop. Serves no traffic; runs on the main thread's loop, except where SupervisorApi says
// otherwise.
class Supervisor final : public SupervisorApi {
 public:
  // Opens all sockets. Blocks the signals of run() for all threads that start later.
  // Error: one sentence for the operator.
  static Result<std::unique_ptr<Supervisor>> open(boost::asio::io_context& loop, SupervisorOptions options);
  ~Supervisor() override;

  // Starts the workers and serves until a signal asked for the end and all workers are gone, or
  // SIGRTMIN that this process leaves while they serve on, or an upgrade is due. SIGHUP goes back to flags
  // and file, SIGUSR1 opens the log file again, SIGUSR2 begins an upgrade. Returns the exit status.
  int run();
  // After run(): whether a next supervisor is waited for, which takes over.
  bool left() const { return leaving_; }
  // After run(): whether execute_upgrade() is to be called. That returns where the next version cannot be
  // executed, and then run() goes on.
  bool upgrade_is_due() const { return upgrade_.due(); }
  void execute_upgrade(const NamedFds& api) { upgrade_.execute(api); }

  void change(ChangeRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  void drain(DrainOrder order, DrainAnswer begun, DrainAnswer ended) override;
  void restart_workers(RestartRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  void upgrade(UpgradeRequest request, UpgradeAnswer done) override;
  void save(SaveRequest request, std::function<void(Status)> done) override;
  void reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  void apply_file(FileRequest request, std::function<void(Result<FileOutcome>)> done) override;
  void look_at_file(std::function<void(std::shared_ptr<const FileLook>)> done) override;
  void status(std::function<void(std::shared_ptr<const StatusReport>)> done) override;
  void control_trouble(const std::string& subject, std::string problem) override;
  void control_well(const std::string& subject, std::string news) override;
  bool is_worker(pid_t pid) const override { return options_.workers.pids->has(pid); }
  StatsSample sample() const override { return sampler_.sample(); }
  EventLog& events() override { return event_log_; }

 private:
  Supervisor(boost::asio::io_context& loop, SupervisorOptions options, StatsArea stats, QuotaArea quota);
  Status open_sockets();
  Status prepare_sockets();
  void begin();
  void begin_generations();
  void serve();

  void on_signal(int signal);
  void reopen_log();
  void reload();
  void stop();
  void stop_at_once();
  // For a supervisor that takes over.
  void leave();
  void upgrade_by_signal();

  // Brings everybody in step once the loop is free.
  void schedule_progress();
  void progress();
  void update_layout();
  void tell_systemd();

  void on_second();
  // Looks whether this process has descriptors left, and tells of each beginning and end.
  void look_at_descriptors();
  // Whether a restart would lose something, told when that changes.
  void look_at_handover();
  // Holds new connections off while nobody serves them.
  void look_at_service();
  // What came and went without a change.
  void look_after_listeners();
  void tell_listener_problems();
  void look_at_traffic();
  // Whether some listener lets the core that took the packet choose the worker.
  bool any_by_core() const;

  boost::asio::io_context& loop_;
  SupervisorOptions options_;  // without the store, which saved_ has
  RunningState running_;
  EventLog event_log_;
  EventRecorder events_;
  StatsArea stats_;
  QuotaKeeper quota_;
  StatsSampler sampler_;
  WatchedClock clock_;

  ListenerSockets sockets_;
  ListenerPlaces places_;
  MemberTable members_;
  ForwardLoopWatch loops_;
  WorkerFleet fleet_;
  HandoverKeeper handover_;
  SnapshotSource snapshots_;
  TrafficWatch traffic_;
  SecondReport second_;
  SavedState saved_;
  ChangeSteps steps_;
  ChangeQueue changes_;
  BackendDrains drains_;
  FileChanges file_;
  CarriedState carried_;
  UpgradeSteps upgrade_;
  StatusReporter::Troubles troubles_;
  StatusReporter status_;
  ToldListeners told_listeners_;

  SystemdNotify systemd_;
  DescriptorWatch descriptors_;
  ServiceGap gap_;
  std::string told_handover_;
  LogLimit unexpected_log_;
  std::unique_ptr<Signals> signals_;
  LoopTimer second_timer_;
  LoopTimer settle_timer_;
  LoopTimer watchdog_timer_;
  HeapTrim heap_;
  LoopTimer trim_timer_;
  bool progress_scheduled_ = false;
  bool begun_ = false;    // run() was called
  bool reloads_ = false;  // SIGHUP: the file is being read, or what it says is on its way
  bool leaving_ = false;  // as soon as all is handed over
  std::uint64_t leaving_since_ns_ = 0;
};

}  // namespace demo
