#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Restarts workers one after the other: has the next one replaced when the successor of the last is ready.
// Pure: replaces through a function and is told what happens.
class RollingRestart {
 public:
  using Done = std::function<void(Result<std::vector<WorkerOutcome>>)>;
  // Error: no new process was started.
  using ReplaceWorker = std::function<Status(unsigned worker)>;

  explicit RollingRestart(ReplaceWorker replace) : replace_(std::move(replace)) {}

  // What a second restart is told while one is under way: kFailedPrecondition.
  static Error refusal();

  // Error through done: refusal().
  void begin(std::vector<unsigned> workers, Done done);
  bool running() const { return current_.has_value(); }
  // A worker's new process is ready.
  void on_ready(unsigned worker);
  // A worker's new process ended before it was ready.
  void on_failed(unsigned worker, const std::string& how);
  // This many workers are of the plan from now on: indexes beyond are not restarted any more.
  void on_resized(std::size_t workers);
  // The present one takes too long: on with the next.
  void give_up(const std::string& why);
  // Answers with kUnavailable.
  void stop();

 private:
  void next();
  void note(std::string error);
  void settle(std::string error);

  const ReplaceWorker replace_;
  std::deque<unsigned> waiting_;
  std::optional<unsigned> current_;
  std::vector<WorkerOutcome> outcomes_;
  Done done_;
};

}  // namespace demo
