#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "control/calls/loop_call.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Answers calls from the supervisor's report: one report a turn of the loop for all who asked until then. A
// thread of its own fills the answers in, one of each caller in turn, so that they cost the loop nothing and
// nobody waits for another's many. Thread-safe; owns the thread.
class ReportDesk : public std::enable_shared_from_this<ReportDesk> {
 public:
  using Fill = std::function<Status(const StatusReport&)>;

  // supervisor outlives it.
  explicit ReportDesk(SupervisorApi& supervisor);
  ReportDesk(const ReportDesk&) = delete;
  ReportDesk& operator=(const ReportDesk&) = delete;
  ~ReportDesk();

  // Answers the call with what fill makes of a report from after this moment. A call that was answered or
  // given up meanwhile costs nothing more.
  void ask(std::shared_ptr<LoopCall> call, Fill fill);

  // Answers those whose report is there, and then nobody any more; joins. Idempotent.
  void shutdown();

 private:
  struct Entry {
    std::shared_ptr<LoopCall> call;
    Fill fill;
    std::uint64_t number = 0;
  };

  void take_report(const std::shared_ptr<const StatusReport>& report);
  void run();
  // The next one whose report is there; there is one.
  Entry next_entry();

  SupervisorApi& supervisor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::deque<Entry>> waiting_;  // by account
  std::string last_account_;                          // whose turn it was last
  std::size_t ready_ = 0;                             // how many of them have their report
  std::uint64_t last_number_ = 0;
  std::uint64_t reported_ = 0;                  // the last number that report_ is new enough for
  std::shared_ptr<const StatusReport> report_;  // null when nobody needs it
  bool asked_ = false;                          // the supervisor was asked and has not answered
  bool stopping_ = false;
  std::thread thread_;  // last: starts when the rest stands
};

}  // namespace demo
