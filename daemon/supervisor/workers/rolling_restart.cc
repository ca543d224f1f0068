#include "supervisor/workers/rolling_restart.h"

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
  while (!waiting_.empty()) {
    current_ = waiting_.front();
    waiting_.pop_front();
    auto begun = replace_(*current_);
    if (begun) return;
    note(begun.error().message);
  }
  current_.reset();
  if (const Done done = std::exchange(done_, nullptr)) done(std::move(outcomes_));
}

void RollingRestart::note(std::string error) {
  const bool applied = error.empty();
  outcomes_.push_back({*current_, applied, std::move(error)});
}

void RollingRestart::settle(std::string error) {
  note(std::move(error));
  next();
}

void RollingRestart::on_ready(unsigned worker) {
  if (current_ == worker) settle("");
}

void RollingRestart::on_failed(unsigned worker, const std::string& how) {
  if (current_ == worker) settle("its new process ended: " + how);
}

void RollingRestart::on_resized(std::size_t workers) {
  std::erase_if(waiting_, [&](unsigned worker) { return worker >= workers; });
  if (current_ && *current_ >= workers) settle("removed meanwhile");
}

void RollingRestart::give_up(const std::string& why) {
  if (running()) settle(why);
}

void RollingRestart::stop() {
  waiting_.clear();
  current_.reset();
  if (const Done done = std::exchange(done_, nullptr)) {
    done(daemon_stopping());
  }
}

}  // namespace demo
