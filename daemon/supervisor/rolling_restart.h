#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "supervisor/supervisor_api.h"

namespace demo {

// Restarts workers one after the other: drains one, waits until its successor is ready, goes on. Pure: drains
// through a function and is told what happens.
class RollingRestart {
 public:
  using Done = std::function<void(Result<std::vector<WorkerOutcome>>)>;
  using DrainWorker = std::function<void(unsigned worker)>;

  explicit RollingRestart(DrainWorker drain) : drain_(std::move(drain)) {}

  // What a second restart is told while one is under way: kFailedPrecondition.
  static Error refusal();

  // Error through done: refusal().
  void begin(std::vector<unsigned> workers, Done done);
  bool running() const { return current_.has_value(); }
  // A worker's new process is ready.
  void on_ready(unsigned worker);
  // A worker's process ended; how is empty when it left as it was told.
  void on_exited(unsigned worker, const std::string& how);
  // A worker is not part of the plan any more.
  void on_removed(unsigned worker);
  // The present one takes too long: on with the next.
  void give_up(const std::string& why);
  // Answers with kUnavailable.
  void stop();

 private:
  void next();
  void settle(std::string error);

  const DrainWorker drain_;
  std::deque<unsigned> waiting_;
  std::optional<unsigned> current_;
  bool left_ = false;  // the old process of the present worker is gone
  std::vector<WorkerOutcome> outcomes_;
  Done done_;
};

}  // namespace demo
