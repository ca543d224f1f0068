#include "supervisor/rolling_restart.h"

#include <utility>

namespace demo {

Error RollingRestart::refusal() {
  return {ErrorCode::kFailedPrecondition, "another restart is under way: try again when it is done", "", ""};
}

void RollingRestart::begin(std::vector<unsigned> workers, Done done) {
  if (running()) return done(refusal());
  waiting_.assign(workers.begin(), workers.end());
  outcomes_.clear();
  done_ = std::move(done);
  next();
}

void RollingRestart::next() {
  left_ = false;
  if (waiting_.empty()) {
    current_.reset();
    if (const Done done = std::exchange(done_, nullptr)) done(std::move(outcomes_));
    return;
  }
  current_ = waiting_.front();
  waiting_.pop_front();
  drain_(*current_);
}

void RollingRestart::settle(std::string error) {
  outcomes_.push_back({*current_, error.empty(), std::move(error)});
  next();
}

void RollingRestart::on_ready(unsigned worker) {
  if (current_ == worker) settle("");
}

void RollingRestart::on_exited(unsigned worker, const std::string& how) {
  if (current_ != worker) return;
  // The first exit is the one that was asked for; a second one is the successor's death.
  if (std::exchange(left_, true)) settle("its new process ended: " + how);
}

void RollingRestart::on_removed(unsigned worker) {
  std::erase(waiting_, worker);
  if (current_ == worker) settle("removed meanwhile");
}

void RollingRestart::give_up(const std::string& why) {
  if (running()) settle(why);
}

void RollingRestart::stop() {
  waiting_.clear();
  current_.reset();
  if (const Done done = std::exchange(done_, nullptr)) {
    done(Error{ErrorCode::kUnavailable, "the daemon is stopping", "", ""});
  }
}

}  // namespace demo
