#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "demo/internal/v1/run_state.pb.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/carried_state.h"
#include "supervisor/changes/change_queue.h"
#include "supervisor/handover/surviving_text.h"
#include "supervisor/handover_keeper.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/reports/event_recorder.h"
#include "supervisor/supervisor_options.h"
#include "supervisor/upgrade/fallback.h"
#include "supervisor/upgrade/program.h"
#include "supervisor/upgrade/rehearsal.h"

namespace demo {

// The way from one version of this program to the next, under the same process id: the next one rehearses as
// a child, changes pause, and it is executed in this one's place; and the end of that way in the next one,
// until which the one before may come back. Runs on the supervisor's loop.
class UpgradeSteps {
 public:
  // What it works with: borrowed.
  struct Parts {
    HandoverKeeper& handover;
    ChangeQueue& changes;
    const CarriedState& carried;
    BackendDrains& drains;
    WorkerSet& workers;
    EventRecorder& events;
  };
  // options: what this process is, and where it comes from; borrowed. on_due: the loop is to be left, and
  // execute() called.
  UpgradeSteps(boost::asio::io_context& loop, const Parts& parts, const SupervisorOptions& options,
               std::function<void()> on_due);
  ~UpgradeSteps();

  // Once, when the loop begins: tells how this version came to run.
  void tell_origin();
  // As SupervisorApi::upgrade().
  void begin(const UpgradeRequest& request, UpgradeAnswer done);
  // A turn has come to an end: maybe all workers of this version serve, or no change is under way any more.
  void on_progress();
  bool due() const { return step_ == Step::kDue; }
  bool under_way() const { return step_ != Step::kNone; }
  // Executes the next version, which gets api beside what it takes to go on. Returns where it could not be:
  // all goes on as before, and the report says why.
  void execute(const NamedFds& api);
  // The daemon ends, or is left to another process: no upgrade goes on.
  void stop();

  UpgradeReport report() const;

 private:
  enum class Step : std::uint8_t { kNone, kRehearsing, kPausing, kDue };

  // A clause for the report; empty: nothing is.
  std::string what_is_under_way() const;
  // What is passed on; the text lives in run_state_.
  Result<NamedDescriptors> pass_on();
  Result<NamedDescriptors> prepare();
  // And the way back.
  Result<std::unique_ptr<ExecPlan>> plan(const NamedFds& api);
  void on_rehearsed(const Result<RehearsalReport>& report);
  // Why it will not be.
  void give_up(const Error& error);
  void on_trial_over();
  void end_well();
  // failure: empty for none.
  void end_trial(std::string failure);
  void go_back(const std::string& why);

  boost::asio::io_context& loop_;
  const Parts parts_;
  const SupervisorOptions& options_;
  const std::function<void()> on_due_;
  LoopTimer trial_timer_;
  Step step_ = Step::kNone;
  std::string asker_;
  UpgradeAnswer done_;
  std::optional<Program> next_;
  std::unique_ptr<Rehearsal> rehearsal_;
  std::optional<SurvivingText> run_state_;
  std::string failure_;           // of the last upgrade; empty: it did not fail
  std::uint64_t ended_ = 0;       // number of the last upgrade that came to an end
  std::uint64_t number_ = 0;      // upgrades of this process that were begun
  std::string before_;            // version that executed this one, or that this one was; empty: none
  Fallback* way_back_ = nullptr;  // borrowed; null: there is none
  bool on_trial_ = false;         // this version came by an upgrade, and its workers do not serve yet
};

}  // namespace demo
