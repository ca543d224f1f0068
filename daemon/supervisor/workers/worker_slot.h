#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/shared_fd.h"
#include "base/watched_time.h"
#include "channel/messages.h"
#include "config/snapshot.h"
#include "quota/quota_keeper.h"
#include "stats/stats_area.h"
#include "supervisor/api/worker_pids.h"
#include "supervisor/listening/accept_duty.h"
#include "supervisor/listening/socket_group.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/workers/held_notices.h"
#include "supervisor/workers/restart_policy.h"
#include "supervisor/workers/worker_process.h"
#include "supervisor/workers/worker_shortage.h"
#include "supervisor/workers/worker_state.h"

namespace demo {

// What a worker shall have in force.
struct WorkerWish {
  std::uint64_t version = 0;                 // raised whenever the wishes of any worker may have changed
  std::shared_ptr<const Snapshot> snapshot;  // a new object only for new contents
  std::vector<SocketLoan> sockets;
};

// Everything that does not change between the workers of one daemon.
struct WorkerSettings {
  std::string binary;
  bool journal = false;
  std::chrono::milliseconds drain_timeout{0};      // then the worker closes what is left
  std::chrono::milliseconds heartbeat_timeout{0};  // a loop that stood still this long is ended
  SharedFd program{};                              // binary as it was at the start; empty: by its path alone
  std::optional<WorkerUser> user{};                // whom they become, worker_user()
  std::shared_ptr<WorkerPids> pids = std::make_shared<WorkerPids>();  // of all that run; never null
};

// What a slot is to the worker of its index.
enum class SlotRole : std::uint8_t {
  kLeaving,      // drains, and is gone with its process
  kPredecessor,  // of an earlier supervisor: serves as that told it, until a worker of this one is ready
  kSuccessor,    // takes over from the present one when it is ready; ends with its process before that
  kPresent,      // the worker: its processes are started again
};

// A worker of one index over the lives of its processes: starts, restarts, drains and watches them, and
// tells them what they shall have in force. Owns the process; runs on the supervisor's loop.
class WorkerSlot final : private WorkerProcess::Observer {
 public:
  // Called on the loop; must not destroy the slot.
  class Observer {
   public:
    // The state, or what is acknowledged, changed: offers and settlements may go on.
    virtual void on_worker_progress(WorkerSlot& worker) = 0;
    virtual void on_worker_started(WorkerSlot& worker) = 0;
    virtual void on_worker_ready(WorkerSlot& worker) = 0;
    // lost: client connections that were open; asked: whether it was told to leave.
    virtual void on_worker_exited(WorkerSlot& worker, const ProcessExit& exit, std::uint64_t lost,
                                  bool asked) = 0;
    // Something new; that a distrust lasts is not.
    virtual void on_backend_notice(WorkerSlot& worker, const BackendNotice& notice) = 0;
    // A worker distrusts an address from now on, or still.
    virtual void on_distrust(const BackendNotice& notice) = 0;
    // So many log lines of the process were lost.
    virtual void on_log_loss(std::uint64_t lines) = 0;
    // Something that an operator should know, one clause.
    virtual void on_worker_trouble(WorkerSlot& worker, const std::string& what) = 0;
    // A trouble that was told has ended, one clause.
    virtual void on_worker_relief(WorkerSlot& worker, const std::string& what) = 0;

   protected:
    ~Observer() = default;
  };

  // page: of the statistics area, for all of its processes, and their seat in the quota area. All references
  // are borrowed and outlive the slot.
  WorkerSlot(boost::asio::io_context& loop, const WorkerSettings& settings, StatsArea& stats,
             QuotaKeeper& quota, unsigned page, WorkerPlace place, Observer& observer);
  ~WorkerSlot();

  // Starts the process now unless there is one, or tries again later: soon when this host is short of
  // descriptors or memory, else as after an early death.
  Status start();
  // Instead of starting one: takes over what an earlier supervisor started, WorkerProcess::adopt(). What is
  // gone by now is as if it had just died, gone(). leaving: it drains, or is to. Error: kResourceExhausted.
  Status adopt(WorkerProcess::Heirloom heirloom, bool leaving);
  // Starts a process that is to replace the other one. On an error there is none.
  Status start_to_succeed(const WorkerSlot& other);
  // The next version takes over, or does not after all: when it ends the channel, what is in flight may take
  // as long as it takes.
  void grant_patience(bool granted);
  bool patient() const { return patient_; }
  // The same of a process that is adopted, before that.
  void note_patience() { patient_ = true; }
  // It is not waited for any longer than for others from now on.
  void end_patience();
  // How often a worker of this index was started again before.
  void remember_respawns(std::uint64_t respawns) { respawns_ = respawns; }
  // The successor is the worker from now on.
  void take_over() { role_ = SlotRole::kPresent; }
  // Another core for this and the next processes.
  void move_to_core(unsigned core);
  // Sends the wish unless it is in force, or an earlier one is not acknowledged yet: offer again on progress.
  void offer(const WorkerWish& wish);
  // Tells the process to finish; then the slot is gone().
  void drain();
  // The process is to log where this one logs now. Tried again until it does.
  void pass_log();
  // The process is to distrust whom another one distrusts, for the time that is left (now: monotonic ns).
  void pass_distrust(const HeldNotice& held, std::uint64_t now_ns);
  // The process is to keep out whom the one before it ejected, and tells so itself when it does.
  void pass_ejections(const std::vector<HeldNotice>& held);
  // The same of the next process, with the first that it has in force.
  void inherit(std::vector<HeldNotice> held) { inherited_ = std::move(held); }
  // Ends the process at once, without a successor.
  void end();
  // The process lives on, and is somebody else's.
  void let_go() {
    if (process_) process_->let_go();
  }
  // Once a second: ends a process whose loop stands still, that never got ready, or that lost its channel.
  // watched_ns: of a WatchedTime.
  void check_heartbeat(std::uint64_t watched_ns);

  const WorkerPlace& place() const { return place_; }
  WorkerState state() const { return state_; }
  SlotRole role() const { return role_; }
  // Whether it gets nothing new any more.
  bool leaving() const { return role_ < SlotRole::kSuccessor; }
  bool gone() const { return role_ != SlotRole::kPresent && !process_; }
  unsigned page() const { return page_; }
  // Null while there is none. Valid until the process ends.
  const WorkerProcess* process() const { return process_.get(); }
  WorkerStanding standing() const;
  WorkerReport report() const;
  // What its process told of backends and what lasts.
  const std::vector<HeldNotice>& held_notices() const { return notices_.all(); }
  void hand_over_ejections() { notices_.hand_over_ejections(); }
  // Of a process that got ready; unset before, and of one that was adopted.
  const std::optional<Confinement>& confinement() const { return confinement_; }
  std::uint64_t acked_version() const { return acked_version_; }
  // Of the last acknowledgement; empty when all was applied.
  const std::vector<std::string>& problems() const { return problems_; }
  // Whether a process of it ended or could not be started, or waits for what this host is short of.
  bool has_failed() const { return !last_exit_.empty() || !start_failure_.empty() || wish_shortage_.there(); }
  // Of a slot without a process: why it could not be started, else how the last one ended.
  const std::string& why_not_running() const { return start_failure_.empty() ? last_exit_ : start_failure_; }
  // Connections that the last drain ended at its deadline.
  std::uint64_t forced() const { return forced_; }

 private:
  void on_message(Message message) override;
  void on_garbage(const Error& error) override;
  void on_exit(const ProcessExit& exit) override;
  void on_acknowledged(Ack ack);
  void on_incomplete(const Incomplete& message);
  // What the process shall have cannot be passed to it now: said once, and tried again until it can.
  void on_shortage(WorkerShortage& shortage, const std::string& what);
  void on_unsent(WorkerShortage& shortage, const Error& error);
  void end_shortage(WorkerShortage& shortage);
  void retry();
  void enter(WorkerEvent event);
  void prepare_page();
  std::uint64_t clear_up();
  Status spawn();
  void start_later();
  // For a process that begins.
  std::vector<BackendNotice> inherited_ejections();
  bool pass(const HeldNotice& held, std::uint64_t now_ns);
  void wait_for_drain();

  boost::asio::io_context& loop_;
  const WorkerSettings& settings_;
  StatsArea& stats_;
  QuotaKeeper& quota_;
  Observer& observer_;
  const unsigned page_;
  WorkerPlace place_;
  SlotRole role_ = SlotRole::kPresent;
  std::unique_ptr<WorkerProcess> process_;
  WorkerState state_ = WorkerState::kBackingOff;
  RestartPolicy policy_;
  LoopTimer restart_timer_;
  LoopTimer kill_timer_;
  LoopTimer shortage_timer_;
  std::chrono::steady_clock::time_point started_;
  StandStill beat_;                         // of the process, as seen here
  std::optional<std::uint64_t> asked_ns_;   // watched time when it had all that it needs to be ready
  bool channel_lost_ = false;               // seen at the last heartbeat check
  WorkerShortage wish_shortage_;            // until what was wished is in force
  WorkerShortage log_shortage_;             // of pass_log()
  bool log_sent_ = false;                   // since the last try in vain; that it arrived shows later
  WorkerWish sent_;                         // contents of the last message, without descriptors
  std::set<std::uint64_t> held_;            // ids of the sockets of the last one that it acknowledged
  std::optional<std::uint64_t> in_flight_;  // its version, until it is acknowledged
  std::uint64_t acked_version_ = 0;
  std::uint64_t acked_generation_ = 0;
  std::vector<std::string> problems_;
  std::optional<Confinement> confinement_;  // of the process, since its first acknowledgement
  HeldNotices notices_;                     // of the process
  std::vector<HeldNotice> inherited_;       // for the next process that gets ready
  std::uint64_t respawns_ = 0;
  std::uint64_t forced_ = 0;
  std::uint64_t forced_before_ = 0;  // on the page when the process was adopted
  bool patient_ = false;             // its process has no deadline for its drain
  std::string last_exit_;
  std::string start_failure_;  // why the last start failed; empty: it did not
};

}  // namespace demo
