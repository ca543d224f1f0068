#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/confinement.h"
#include "base/result.h"
#include "config/changes.h"
#include "config/config.h"
#include "config/config_merge.h"
#include "config/snapshot.h"
#include "supervisor/api/backend_health.h"
#include "supervisor/api/drain_progress.h"
#include "supervisor/api/event_log.h"
#include "supervisor/api/refusals.h"
#include "supervisor/api/stats_sample.h"

namespace demo {

// Who asked for a change, as the kernel or the client's certificate says; recorded with it.
struct Caller {
  std::string name;  // "uid 0 (root)", "CN=ops"; for log lines and events
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<pid_t> pid;
};

// A backend by its identity.
struct BackendKey {
  std::string pool;
  std::string endpoint;
  bool operator==(const BackendKey&) const = default;
};

// Somebody who waits for what was asked, and may give up. Thread-safe.
class Asker {
 public:
  virtual ~Asker() = default;

  // It is about to be done, and cannot be taken back from here on. False: nobody waits any more and it must
  // not be done; whoever waited was told so.
  virtual bool begin() = 0;
  // Nobody waits any more.
  virtual bool gone() const = 0;
};

struct ChangeRequest {
  std::string description;  // "add-backend default 10.0.0.3:80": for log lines and events
  Change change;
  std::optional<std::uint64_t> expected_generation;  // kAborted when the state moved on
  bool persist = true;                               // false: not written to the state file
  bool dry_run = false;                              // validate and report the difference only
  // A backend that the change removes after a drain: its drain deadline passed, so one last generation names
  // its members as cut before they vanish. What was in flight is ended and counted in forced_closes.
  std::optional<BackendKey> cut;
  Caller caller;
  std::shared_ptr<Asker> asker;  // null: it is done in any case
  // What is made of the saved state; unset: change. For one that depends on what runs.
  std::optional<Change> saved_change;
  bool save_only = false;  // instead of a change: what change makes of what runs is saved, and does not run
  // The configuration file that the change was made of: from then on what later changes of it are measured
  // by.
  std::optional<Config> file = std::nullopt;
};

struct WorkerOutcome {
  unsigned worker = 0;
  bool applied = false;
  std::string error;  // why not; empty when applied
};

struct ChangeOutcome {
  std::uint64_t generation = 0;
  std::vector<WorkerOutcome> workers;    // one a worker
  std::vector<std::string> differences;  // "pools.default.backends: + 10.0.0.3:80", one a changed value
  bool persisted = false;
  std::vector<std::string> warnings;  // of the change, one sentence each
};

enum class WorkerState : std::uint8_t { kStarting, kReady, kDraining, kBackingOff };
std::string_view to_string(WorkerState state);

struct WorkerReport {
  unsigned index = 0;
  unsigned core = 0;
  pid_t pid = 0;  // 0 while there is no process
  WorkerState state = WorkerState::kStarting;
  // False for a process that leaves, or that is to replace another when it is ready.
  bool planned = true;
  std::uint64_t generation = 0;    // last acknowledged
  std::uint64_t heartbeat_ns = 0;  // the last turn of its loop, monotonic
  std::uint64_t respawns = 0;
  std::string shortage;   // why what it shall have cannot be passed to it now; empty: it can
  std::string last_exit;  // as ProcessExit describes it, "killed by SIGKILL"; empty when it never died
  std::string trouble;    // why it does not serve as its state says: "its loop stands still"; empty: it does
  std::vector<std::string> problems;  // what it could not put in force of its generation, one sentence each
  // Of the process, by what it says; unset while that is not known: not ready yet, or of an earlier
  // supervisor.
  std::optional<Confinement> confinement;
};

// An effective or refused socket option of a listener.
enum class OptionForm : std::uint8_t { kNumber, kSwitch, kText };
struct SocketOptionReport {
  std::string name;  // as in KernelOptions
  std::string requested;
  std::string effective;                  // as the kernel gives it back; empty when refused
  std::string error;                      // why the kernel refused; empty when effective
  OptionForm form = OptionForm::kNumber;  // of both values; a switch is "0" when it is off
};

struct ListenerReport {
  Listener listener;
  Address bound;  // port 0 replaced
  std::uint32_t slot = 0;
  AcceptMode accept_mode = AcceptMode::kReuseport;  // in force
  std::vector<SocketOptionReport> options;
  std::string problem;                  // why it is not reached as it is wanted, one sentence; empty: it is
  std::string accept_mode_reason = {};  // why the mode is another one than is asked for; empty: it is not
};

struct MemberReport {
  Address address;
  std::uint32_t slot = 0;
  bool up = true;        // by active checks
  bool checked = false;  // active checks have said something
  std::string reason;    // of the last change: "connect refused", "drained"
  std::string shortage;  // why this host cannot check it just now; empty when it can
  bool starved = false;  // connections to it failed lately for want of local ports or descriptors
  QueueRefusals refusals;
  HealthJudgement judgement;
  std::vector<Restraint> restraints = {};  // ascending by worker
};

struct BackendReport {
  std::string pool;
  Backend backend;
  std::vector<MemberReport> members;  // one a resolved address; empty while a name never resolved
  HealthJudgement judgement;          // of all of them
};

// The last upgrade that came to an end.
struct UpgradeReport {
  std::uint64_t number = 0;  // 0: there was none
  std::string failure;       // why the version before goes on; empty: it succeeded
  std::string under_way;     // what is done for the next one, a clause; empty: none is under way
};

// Everything but the figures, at one moment.
struct StatusReport {
  std::uint64_t generation = 0;
  pid_t pid = 0;
  std::chrono::system_clock::time_point started;
  bool degraded = false;              // something is not as asked for, or requests are refused or fail
  std::vector<std::string> problems;  // why degraded, and warnings such as one core taking all packets
  std::string config_source;          // which source won at start: "flags", "file", "state"
  Config config;
  bool persistent = false;             // there is a state directory: changes survive a restart
  std::optional<Config> saved_config;  // in the state file; unset while nothing was saved
  std::optional<Config> file_base;     // flags and file as running last took them in; unset: nobody knows
  UpgradeReport upgrade;
  std::vector<WorkerReport> workers;
  std::vector<ListenerReport> listeners;
  std::vector<BackendReport> backends;
};

// What flags and file say at one moment.
struct FileLook {
  std::string name;           // path of the file; empty: there are flags alone
  Config config;              // as they were when they could be used last
  std::string problem;        // why they cannot be used now, one line; empty: they can
  bool stops_start = false;   // whether a daemon that starts now is stopped by the problem
  bool sets_nothing = false;  // there is a file, and it holds no value
  bool emptied = false;       // it held some, so it is not taken: that is the problem
};

struct ResetRequest {
  ChangeRequest change;      // its change and file are filled in
  bool allow_empty = false;  // go back to a file that sets nothing, too
};

// The three-way merge of the file's changes, config/config_merge.h.
struct FileRequest {
  ChangeRequest change;             // its change, saved_change and file are filled in
  std::optional<std::string> text;  // in place of the daemon's file
  std::string name;                 // what messages call the text
  MergeSide side = MergeSide::kNone;
};

struct FileOutcome {
  ChangeOutcome change;
  ConfigMerge merge;
  bool base_known = true;
  std::vector<std::string> kept;  // differences that stay: from the file to what runs then, one a value
};

// Which workers restart. A process drains when its successor is ready; all of them: one after the other.
struct RestartRequest {
  std::optional<unsigned> worker;                    // unset: all, one after the other
  std::optional<std::uint64_t> expected_generation;  // kAborted when the state moved on
  Caller caller;
  std::shared_ptr<Asker> asker;  // null: it is done in any case
};

// The next version of the program is to take this one's place.
struct UpgradeRequest {
  Caller caller;
  std::shared_ptr<Asker> asker;  // null: it is done in any case
};

// It rehearsed well, and is executed as soon as this is told.
struct UpgradeStart {
  std::uint64_t number = 0;  // of the upgrade: UpgradeReport tells when it is over
  std::string from;          // versions
  std::string to;
  std::vector<std::string> warnings;  // what will not be as before, one sentence each
};
using UpgradeAnswer = std::function<void(const Result<UpgradeStart>&)>;

struct SaveRequest {
  Caller caller;
  std::shared_ptr<Asker> asker;  // null: it is done in any case
};

// A backend that is to take no new request.
struct DrainOrder {
  BackendKey backend;
  std::chrono::milliseconds timeout{};
  // true: gone at the end, the rest cut off at the deadline; saved is the removal, not the drain before it;
  // false: only waited for.
  bool remove = false;
  ChangeRequest begin;  // makes its state drain
  Change removal;       // takes it away; unused without remove
};

using DrainAnswer = std::function<void(const Result<ChangeOutcome>&, const DrainProgress&)>;

// What whoever calls while the daemon ends is answered.
inline Error daemon_stopping() { return {ErrorCode::kUnavailable, "the daemon is stopping", "", ""}; }

// What control/ may ask of the supervisor. Every function may be called from any thread; callbacks run on the
// supervisor's loop and must not block. What nobody waits for any more when its turn comes is dropped:
// kAborted. The object outlives the gRPC server.
class SupervisorApi {
 public:
  virtual ~SupervisorApi() = default;

  virtual void change(ChangeRequest request, std::function<void(Result<ChangeOutcome>)> done) = 0;
  // begun: the state is set, or could not be (then nothing else happens). ended: nothing is in flight any
  // more, or the deadline passed; the outcome is that of the removal, or without one that of the begin. A
  // removal that somebody else was faster with is a success. A change that takes the backend back, for its
  // state is another one than drain or it is added anew, ends the drain at once and for good: kAborted. Any
  // other failure of a removal is told, and it is tried again until it succeeds or the backend is taken back,
  // whoever still waits. kUnavailable when the daemon ends before: a backend that was to be
  // removed is there again when it starts.
  virtual void drain(DrainOrder order, DrainAnswer begun, DrainAnswer ended) = 0;
  // kNotFound for an unknown worker.
  virtual void restart_workers(RestartRequest request, std::function<void(Result<ChangeOutcome>)> done) = 0;
  // The program that lies where this one was started from takes its place, after a rehearsal. done: it is
  // about to, or why not: kFailedPrecondition when it cannot be executed or failed its rehearsal, kAborted
  // while another upgrade is under way, kResourceExhausted, kUnavailable.
  virtual void upgrade(UpgradeRequest request, UpgradeAnswer done) = 0;
  // Writes the running state to the state file, backends that wait for their removal as they were before
  // their drain. kFailedPrecondition without a state directory.
  virtual void save(SaveRequest request, std::function<void(Status)> done) = 0;
  // Back to flags and file, in one change. kInvalidArgument when the file sets nothing.
  virtual void reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) = 0;
  // Takes what changed in flags and file since they were taken in last. kFailedPrecondition when a change at
  // run time collides with one of them and no side was chosen; a dry run tells which.
  virtual void apply_file(FileRequest request, std::function<void(Result<FileOutcome>)> done) = 0;
  // Flags and file as they are now; never null.
  virtual void look_at_file(std::function<void(std::shared_ptr<const FileLook>)> done) = 0;
  virtual void status(std::function<void(std::shared_ptr<const StatusReport>)> done) = 0;

  // What is wrong with a way to control the daemon, one sentence: a warning in log and events, and a problem
  // in the status until it is another one or over. subject: "control over TCP".
  virtual void control_trouble(const std::string& subject, std::string problem) = 0;
  // It is over, if there was any; news: what is to be told of it.
  virtual void control_well(const std::string& subject, std::string news) = 0;

  // Whether it is the process of a worker of this daemon, one that a supervisor before it started too. What
  // a worker's own children are is not known. Does not visit the loop.
  virtual bool is_worker(pid_t pid) const = 0;

  // Reads all stats pages. Thread-safe, does not visit the loop, costs the workers nothing.
  virtual StatsSample sample() const = 0;
  // Thread-safe.
  virtual EventLog& events() = 0;
};

}  // namespace demo
