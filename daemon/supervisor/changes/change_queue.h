#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "supervisor/changes/change_target.h"
#include "supervisor/loop/loop_timer.h"

namespace demo {

// All changes, one after the other: validate, open, save, distribute, collect acknowledgements, answer. A
// step that fails undoes the ones before it. Borrows the target; runs on the supervisor's loop.
class ChangeQueue {
 public:
  using Done = std::function<void(Result<ChangeOutcome>)>;

  // ack_timeout: then the answer names the workers that did not acknowledge.
  ChangeQueue(boost::asio::io_context& loop, ChangeTarget& target, std::chrono::milliseconds ack_timeout);

  // done is called on the loop, once. Errors: kResourceExhausted when limits::kWaitingChanges wait already,
  // kAborted when nobody waits for it any more when its turn comes,
  // what the change says, kInvalidArgument (several problems in one
  // message), kAborted, or what the failed step says.
  void push(ChangeRequest request, Done done);
  // Something was acknowledged, or a worker died.
  void on_progress();
  // No further change begins until resume().
  void pause() { paused_ = true; }
  void resume();
  // Whether none is under way.
  bool idle() const { return !current_; }
  // Answers everything that waits.
  void refuse_waiting(const Error& why);
  // Answers everything that waits, and whatever comes later, with kUnavailable; a change that is in force
  // already with who has acknowledged it.
  void stop();

 private:
  struct Entry {
    ChangeRequest request;
    Done done;
  };
  enum class Step : std::uint8_t {
    kIdle,
    kCutting,
    kDistributing,
    kConfirming,  // nothing differs: who has it in force is all that is waited for
  };

  void run_next();
  // Forgets those for whom nobody waits any more.
  void drop_abandoned();
  // False when the change is answered at once.
  Result<bool> begin_or_undo();
  Result<bool> begin();
  // Once a change: writes what the next start shall run.
  Status save(const Config& next);
  Status apply();
  Status apply_after_cut();
  Result<Config> next_config() const;
  // The configuration changed and looked at as a whole.
  Result<Config> changed(const Change& change, const Config& config) const;
  // What the next start shall run after the change, which makes next of the running configuration.
  Result<Config> next_lasting(const Config& next) const;
  void finish(Result<ChangeOutcome> result);
  void finish_change(Acknowledgement acknowledgement);
  void go_on();

  ChangeTarget& target_;
  const std::chrono::milliseconds ack_timeout_;
  std::deque<Entry> waiting_;
  std::optional<Entry> current_;
  Step step_ = Step::kIdle;
  std::uint64_t version_ = 0;
  ChangeOutcome outcome_;
  std::optional<Error> unsaved_;  // why what was asked for cannot be saved
  Config lasting_before_;         // the cut
  LoopTimer timer_;
  bool timed_out_ = false;
  bool stopped_ = false;
  bool paused_ = false;
  bool running_ = false;  // run_next() is on the stack
};

}  // namespace demo
