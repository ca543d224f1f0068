#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log_limit.h"
#include "base/watched_time.h"
#include "config/config.h"
#include "quota/quota_keeper.h"
#include "stats/stats_area.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/backends/failure_table.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/changes/change_queue.h"
#include "supervisor/changes/change_target.h"
#include "supervisor/figures/refusal_table.h"
#include "supervisor/figures/stats_sampler.h"
#include "supervisor/listening/accept_balance.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/loop/signals.h"
#include "supervisor/reports/descriptor_watch.h"
#include "supervisor/reports/refusal_problems.h"
#include "supervisor/reports/systemd_journal.h"
#include "supervisor/reports/systemd_notify.h"
#include "supervisor/reports/traffic_problems.h"
#include "supervisor/snapshot/slot_table.h"
#include "supervisor/start/cpu_plan.h"
#include "supervisor/state/config_reader.h"
#include "supervisor/state/state_store.h"
#include "supervisor/state/store_retry.h"
#include "supervisor/workers/rolling_restart.h"
#include "supervisor/workers/worker_set.h"

namespace demo {

// What a supervisor is made of besides the configuration that it starts with.
struct SupervisorOptions {
  Config config;              // to start with: what file and flags say, or what was saved
  Config file_config;         // what file and flags say
  std::string config_file;    // path of the file; empty: there are flags alone
  std::string config_source;  // "flags", "file", "state"
  // File and flags once more, and a text in place of the file.
  ConfigReader::Read read_file;
  ConfigReader::ReadText read_text;
  std::function<Status()> reopen_log;
  // Where changes are saved; unset: nowhere.
  std::optional<StateStore> store;
  std::optional<Config> saved_config;
  // File and flags as the configuration to start with took them in, and then the saved one; unset: nobody
  // knows.
  std::optional<Config> file_base;
  bool file_base_kept = false;  // the state directory has it with the saved state
  std::function<std::string(const Config&)> encode;
  std::string start_warning;  // what the start had to ignore, for the status; empty: nothing
  AvailableCores cores;
  WorkerSettings workers;
  std::chrono::milliseconds ack_timeout = limits::kChangeAckTimeout;
  bool verbose = false;  // -v
};

// The process core: keeps workers, sockets and configuration in step, and does what signals and the API ask.
// Owns all of it, serves no traffic; runs on the main thread's loop, except where SupervisorApi says
// otherwise.
class Supervisor final : public SupervisorApi, private ChangeTarget, private WorkerSlot::Observer {
 public:
  // Opens all sockets. Blocks the signals of run() for all threads that start later.
  // Error: one sentence for the operator.
  static Result<std::unique_ptr<Supervisor>> open(boost::asio::io_context& loop, SupervisorOptions options);
  ~Supervisor() override;

  // Starts the workers and serves until SIGTERM or SIGINT asked for the end and all workers are gone. SIGHUP
  // goes back to flags and file, SIGUSR1 opens the log file again. Returns the exit status.
  int run();

  void change(ChangeRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  void restart_workers(RestartRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  void save(SaveRequest request, std::function<void(Status)> done) override;
  void reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) override;
  void apply_file(FileRequest request, std::function<void(Result<FileOutcome>)> done) override;
  void look_at_file(std::function<void(std::shared_ptr<const FileLook>)> done) override;
  void status(std::function<void(std::shared_ptr<const StatusReport>)> done) override;
  void control_trouble(std::string problem) override;
  void control_well(std::string news) override;
  StatsSample sample() const override { return sampler_.sample(); }
  EventLog& events() override { return events_; }

 private:
  Supervisor(boost::asio::io_context& loop, SupervisorOptions options, StatsArea stats, QuotaArea quota);
  Status open_sockets();
  // Keeps a number that no generation has had, so that none comes twice, whenever this process dies.
  void reserve_generations(std::uint64_t last);

  // ChangeTarget
  const Config& config() const override { return config_; }
  std::uint64_t generation() const override { return generation_; }
  std::uint64_t version() const override { return version_; }
  Status check(const Config& next) const override;
  Status check_loops(const Config& next) const;
  // Those that leave keep their slots until they are gone.
  void assign_listener_slots();
  // Whether the new listeners find places for their figures.
  Status check_places(const Config& next) const;
  Status prepare(const Config& next) override;
  void rollback() override { sockets_.rollback(); }
  bool persistent() const override { return options_.store.has_value(); }
  const Config& lasting() const override { return lasting_; }
  bool is_saved(const Config& config) const override {
    return options_.saved_config == config && save_doubt_.empty() && options_.store &&
           options_.store->in_place();
  }
  Result<bool> persist(const Config& next) override;
  void take_file(const Config& file, bool saved) override;
  std::uint64_t commit(Config next) override;
  std::uint64_t cut(const BackendKey& backend) override;
  void end_cut() override;
  Acknowledgement acknowledgement(std::uint64_t version) const override;
  void on_unsaved(const ChangeRequest& request, const Error& why) override;
  void on_changed(const ChangeRequest& request, const ChangeOutcome& outcome) override;

  // WorkerSlot::Observer
  void on_worker_progress(WorkerSlot& worker) override;
  void on_worker_started(WorkerSlot& worker) override;
  void on_worker_ready(WorkerSlot& worker) override;
  void on_worker_exited(WorkerSlot& worker, const ProcessExit& exit, std::uint64_t lost, bool asked) override;
  void on_backend_notice(WorkerSlot& worker, const BackendNotice& notice) override;
  void on_failure_change(const std::string& backend, FailureTable::Change change, const std::string& what);
  void on_distrust(const BackendNotice& notice) override { workers_.spread_distrust(notice); }
  void on_log_loss(std::uint64_t lines) override { worker_log_losses_ += lines; }
  void on_worker_trouble(WorkerSlot& worker, const std::string& what) override;
  void on_worker_relief(WorkerSlot& worker, const std::string& what) override;

  void on_signal(int signal);
  void reopen_log();
  void reload();
  // Whether the daemon's file lost all that it set.
  bool was_emptied(const FileReading& file) const;
  // One change that puts what was read in the place of what runs.
  void go_back_to(const FileReading& file, ResetRequest request,
                  std::function<void(Result<ChangeOutcome>)> done);
  void merge_file(const FileReading& reading, FileRequest request,
                  std::function<void(Result<FileOutcome>)> done);
  // Writes what the saved state took in of the file, if that was not done yet.
  void keep_file_base();
  // Writes what could not be written before, now that the directory takes files again.
  void keep_again();
  // Whether all is kept decides whether it is tried again. bytes: of the last write.
  void look_after_store(std::size_t bytes);
  // Where what is saved is what runs again, it has taken the same file in.
  void share_file_base();
  void stop();
  void stop_at_once();
  void on_second();

  std::vector<WorkerPlace> places_of(const Config& config) const;
  GroupClock group_clock(const std::vector<WorkerStanding>& standings);
  // Monotonic time without that in which nobody looked; never 0.
  std::uint64_t watched_ns();
  // Brings everybody in step once the loop is free.
  void schedule_progress();
  void progress();
  void wish_changed();
  void rebuild_snapshot();
  // Finds the members that forward to this daemon for ever, and tells of new ones.
  void find_looping_members();
  // Looks whether addresses came to this host or went, which may make loops or end them.
  void look_at_own_addresses();
  void update_layout();
  void tell_systemd();
  // What came and went without a change, once a second.
  void look_after_listeners();
  void tell_listener_problems();
  std::vector<std::string> worker_problems() const;
  std::vector<std::string> log_problems() const;
  std::vector<std::string> state_problems() const;
  std::vector<std::string> control_problems() const;
  std::vector<WorkerReport> worker_reports() const;
  std::vector<BackendReport> backend_reports() const;
  // Looks at real requests, and tells systemd when what is refused changed.
  void look_at_backends();
  // Looks at what is refused, and tells of each beginning and end.
  void look_at_refusals();
  // Looks whether this process has descriptors left, and tells of each beginning and end.
  void look_at_descriptors();
  std::vector<std::string> descriptor_problems() const;
  bool clients_wait() const;
  std::map<std::string, std::string> refusal_problems(const std::vector<BackendReport>& backends) const;
  TrafficProblems traffic_problems(const std::vector<BackendReport>& backends) const;
  // By the listener's address, why it is not reached as it is wanted.
  std::map<std::string, std::string> listener_problems() const;
  StatusReport build_status() const;
  // Logs and publishes.
  void announce(EventKind kind, LogLevel level, const std::string& subject, const std::string& message);
  // The same of what a caller did. Both log, into the journal with fields, and publish.
  void record(EventKind kind, const std::string& subject, JournalEntry entry);
  void publish(EventKind kind, const std::string& subject, const std::string& message,
               const std::string& caller);
  void restart_on_loop(const RestartRequest& request, std::function<void(Result<ChangeOutcome>)> done);

  boost::asio::io_context& loop_;
  SupervisorOptions options_;
  const std::chrono::system_clock::time_point started_;
  const std::string loop_name_;  // Snapshot::loop_name
  EventLog events_;
  StatsArea stats_;
  QuotaKeeper quota_;
  StatsSampler sampler_;

  Config config_;
  Config lasting_;  // ChangeTarget::lasting()
  std::uint64_t generation_ = 0;
  std::uint64_t reserved_generation_ = 0;  // the last that may be used; without a state directory unused
  std::uint64_t version_ = 0;              // WorkerWish::version
  std::uint64_t changed_ns_ = 0;           // when the generation began, monotonic
  bool snapshot_stale_ = true;
  std::shared_ptr<const Snapshot> snapshot_;
  SlotTable listener_slots_;

  ListenerSockets sockets_;
  std::map<std::string, std::string> told_problems_;  // of listeners
  FailureTable failures_;
  RefusalTable refusals_;
  std::map<std::string, std::string> told_refusals_;  // by subject, as of the last look
  MemberTable members_;
  std::set<std::uint32_t> looping_slots_;  // members that are left out: they lead back to their pool
  std::vector<Address> own_addresses_;     // when loops were looked for last
  TrafficProblems trouble_;                // a second ago at most
  WorkerSet workers_;
  ChangeQueue changes_;
  ConfigReader file_;
  RollingRestart restart_;
  AcceptBalance balance_;
  StatsSample last_second_;
  const std::uint64_t began_ns_ = monotonic_ns();
  WatchedTime watched_;
  SystemdNotify systemd_;
  DescriptorWatch descriptors_;
  LogLimit unexpected_log_;

  std::unique_ptr<Signals> signals_;
  LoopTimer second_timer_;
  LoopTimer settle_timer_;
  LoopTimer watchdog_timer_;
  LoopTimer restart_timer_;
  StoreRetry store_retry_;
  std::optional<Config> running_base_;   // file and flags as what runs took them in; unset: nobody knows
  bool base_is_shared_ = true;           // the saved state has taken in the same
  std::string save_doubt_;               // StateStore::Saved of the last save
  std::string generation_doubt_;         // why generations may come again; empty: they do not
  std::string file_base_doubt_;          // why the base of the file is not kept; empty: it is
  std::string control_trouble_;          // SupervisorApi; empty: there is none
  std::string log_trouble_;              // why the last SIGUSR1 or SIGHUP opened no log; empty: it did
  std::string save_failure_;             // why the last save failed; empty: it did not
  std::uint64_t worker_log_losses_ = 0;  // lines
  bool progress_scheduled_ = false;
  bool stopping_ = false;
};

}  // namespace demo
