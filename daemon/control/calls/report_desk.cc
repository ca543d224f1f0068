#include "control/calls/report_desk.h"

#include <utility>

namespace demo {

ReportDesk::ReportDesk(SupervisorApi& supervisor) : supervisor_(supervisor), thread_([this] { run(); }) {}

ReportDesk::~ReportDesk() { shutdown(); }

void ReportDesk::ask(std::shared_ptr<LoopCall> call, Fill fill) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    std::deque<Entry>& queue = waiting_[call->account()];
    queue.push_back({std::move(call), std::move(fill), ++last_number_});
    if (std::exchange(asked_, true)) return;
  }
  supervisor_.status([weak = weak_from_this()](const std::shared_ptr<const StatusReport>& report) {
    if (const auto desk = weak.lock()) desk->take_report(report);
  });
}

// On the loop, where nothing can have changed since the report was made: it is new enough for all who wait.
void ReportDesk::take_report(const std::shared_ptr<const StatusReport>& report) {
  const std::lock_guard lock(mutex_);
  asked_ = false;
  report_ = report;
  reported_ = last_number_;
  ready_ = 0;
  for (const auto& [account, queue] : waiting_) ready_ += queue.size();
  changed_.notify_one();
}

ReportDesk::Entry ReportDesk::next_entry() {
  auto turn = waiting_.upper_bound(last_account_);
  for (;; ++turn) {
    if (turn == waiting_.end()) turn = waiting_.begin();
    if (turn->second.front().number <= reported_) break;
  }
  last_account_ = turn->first;
  Entry entry = std::move(turn->second.front());
  turn->second.pop_front();
  if (turn->second.empty()) waiting_.erase(turn);
  --ready_;
  return entry;
}

void ReportDesk::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || ready_ > 0; });
    if (ready_ == 0) return;
    Entry entry = next_entry();
    auto report = ready_ > 0 ? report_ : std::exchange(report_, nullptr);
    lock.unlock();
    entry.call->finish([&] { return entry.fill(*report); });
    entry = {};
    report.reset();
    lock.lock();
  }
}

void ReportDesk::shutdown() {
  std::map<std::string, std::deque<Entry>> waiting;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  // Those whose report will not come are forgotten out of the lock: that answers them.
  const std::lock_guard lock(mutex_);
  waiting.swap(waiting_);
}

}  // namespace demo
