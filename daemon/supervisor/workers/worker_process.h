#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "channel/channel.h"
#include "quota/quota_area.h"
#include "supervisor/loop/fd_watch.h"
#include "supervisor/loop/loop_timer.h"

namespace demo {

// How a process ended.
struct ProcessExit {
  bool by_signal = false;
  int number = 0;     // the signal's or the exit status
  bool known = true;  // else it was no child of this process, which nobody is told more of than its end
  bool clean() const { return !by_signal && number == 0; }
  // "killed by SIGKILL", "exit status 1", "how is not known, ...", "exit status 3: the worker is of another
  // build than its supervisor"
  std::string describe() const;
};

// What to start for a worker.
// Another user than the supervisor's.
struct WorkerUser {
  uid_t uid = 0;
  gid_t gid = 0;
};

struct WorkerProcessSpec {
  std::string binary;  // path of demo-server-worker
  unsigned index = 0;
  unsigned core = 0;
  int stats_fd = -1;  // of the StatsArea; borrowed
  const QuotaArea& quota;
  unsigned page = 0;     // that the process counts in, and its seat in the quota area
  bool journal = false;  // log lines carry their level for the journal
  // The file that is executed, borrowed, so that nobody who replaces or removes it changes what is started;
  // the path is, where it cannot be (no /proc, or the file is none that runs). -1: always the path.
  int program_fd = -1;
  std::optional<WorkerUser> user{};  // that it becomes; unset: it stays the supervisor's
};

// One running worker process and its channel, from posix_spawn(3) to its reaping. Owns both; runs on the
// supervisor's loop. The destructor kills what still runs.
class WorkerProcess {
 public:
  // Called on the loop. on_exit comes last, after every message that the process sent; the observer may
  // destroy the process in on_exit only.
  class Observer {
   public:
    virtual void on_message(Message message) = 0;
    // The channel broke: what the worker sent is not a message. It will be killed by whoever is told.
    virtual void on_garbage(const Error& error) = 0;
    virtual void on_exit(const ProcessExit& exit) = 0;

   protected:
    ~Observer() = default;
  };

  // Error: kUnavailable when the binary cannot be started, kResourceExhausted.
  static Result<std::unique_ptr<WorkerProcess>> spawn(boost::asio::io_context& loop,
                                                      const WorkerProcessSpec& spec, Observer& observer);
  // What an earlier supervisor had of a process, descriptors as far as they are there.
  struct Heirloom {
    pid_t pid = 0;
    std::uint64_t channel_number = 0;
    UniqueFd pidfd;
    UniqueFd channel;
  };
  // A process that an earlier supervisor started. Its channel keeps its number, under which the descriptors
  // are kept. What it sends is read by nobody and it is sent nothing: it may be of another build. Error:
  // kNotFound when it is gone, kResourceExhausted.
  static Result<std::unique_ptr<WorkerProcess>> adopt(boost::asio::io_context& loop, Heirloom heirloom,
                                                      Observer& observer);
  ~WorkerProcess();

  // The supervisor's end of the channel, and its number: of no other channel of this daemon or of those that
  // come after it.
  int channel_fd() const { return channel_.fd(); }
  int pidfd() const { return pidfd_.get(); }
  std::uint64_t channel_number() const { return channel_number_; }
  // Channels that are opened from now on have higher numbers.
  static void number_channels_from(std::uint64_t last);
  bool adopted() const { return adopted_; }
  // Tells the process that this is all: it drains, as when its supervisor dies.
  void end_channel();
  // Somebody else has the process from now on: it lives on when this object goes.
  void let_go() { reaped_ = true; }

  pid_t pid() const { return pid_; }
  // Whether the worker has closed its end: it is about to exit, or broken.
  bool channel_closed() const { return channel_.closed(); }
  // Sends now, or as soon as the worker reads and this host has descriptors and memory for it. Error: as
  // Channel::send().
  Status send(Message message);
  // Whether something waits for descriptors or memory.
  bool is_short() const { return channel_.is_short(); }
  // Does nothing once the process is gone. Never reaches another process: the id stays ours until it is
  // reaped.
  void kill(int signal);
  // Moves the process to another core, sched_setaffinity(2). Error: kUnavailable.
  Status move_to_core(unsigned core);

 private:
  WorkerProcess(boost::asio::io_context& loop, Heirloom process, Observer& observer, bool adopted);
  ProcessExit reap();
  void pass_over_messages();
  void on_channel_ready();
  void on_process_ended();
  void read_messages();
  void give_up_channel(const Error& error);
  void wait_to_send();

  // Touched on the supervisor's loop alone.
  inline static std::uint64_t last_channel_ = 0;

  const pid_t pid_;
  const bool adopted_;
  const std::uint64_t channel_number_;
  Observer& observer_;
  UniqueFd pidfd_;
  Channel channel_;
  FdWatch channel_watch_;
  FdWatch exit_watch_;
  LoopTimer retry_timer_;
  bool reaped_ = false;   // or not ours any more
  bool garbage_ = false;  // nothing more is read
};

}  // namespace demo
