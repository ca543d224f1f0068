#include "supervisor/upgrade_steps.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "base/background_log.h"
#include "base/log.h"
#include "supervisor/api/dropped_request.h"

namespace demo {
namespace {

// A version whose workers do not serve by then gives way to the one before it.
constexpr std::chrono::milliseconds kTrialPatience{10'000};

// The next version holds what is passed on twice until it serves, and what its workers and API need.
Status check_room(std::size_t passed) {
  constexpr std::size_t kOthers = 64;
  rlimit limit{};
  const std::size_t needed = 2 * passed + kOthers;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || needed <= limit.rlim_max) return {};
  return Error{
      ErrorCode::kResourceExhausted,
      fmt::format("an upgrade takes {} descriptors until the new version serves, and this process may "
                  "open {}: raise the limit of open files (LimitNOFILE=, ulimit -n)",
                  needed, limit.rlim_max),
      "", ""};
}

Error cannot_execute(const Program& program, int error) {
  return {ErrorCode::kUnavailable, fmt::format("cannot execute {}: {}", program.path, errno_text(error)), "",
          ""};
}

}  // namespace

UpgradeSteps::UpgradeSteps(boost::asio::io_context& loop, const Parts& parts, Self self,
                           std::function<void()> on_due)
    : loop_(loop),
      parts_(parts),
      self_(std::move(self)),
      on_due_(std::move(on_due)),
      trial_timer_(loop, [this] { on_trial_over(); }),
      failure_(self_.refusal),
      on_trial_(!self_.before.empty() && failure_.empty()) {
  ended_ = self_.number;
  if (!on_trial_) return;
  --ended_;
  // What is changed now would be unknown to the version before.
  parts_.changes.pause();
  trial_timer_.start(kTrialPatience);
}

UpgradeSteps::~UpgradeSteps() = default;

void UpgradeSteps::tell_origin() {
  if (self_.refusal.empty()) return;
  parts_.events.announce(EventKind::kWarning, LogLevel::kError, "upgrade",
                         fmt::format("version {} goes on, the one after it did not get to serve: {}",
                                     self_.version, self_.refusal));
}

void UpgradeSteps::begin(const UpgradeRequest& request, UpgradeAnswer done) {
  if (step_ != Step::kNone || on_trial_) {
    return done(Error{ErrorCode::kAborted, "an upgrade is under way already", "", ""});
  }
  if (auto wanted = begin_for(request.asker); !wanted) return done(wanted.error());
  asker_ = request.caller.name;
  done_ = std::move(done);
  auto passed = prepare();
  if (!passed) return give_up(passed.error());
  if (auto room = check_room(passed->size()); !room) return give_up(room.error());
  auto rehearsal = Rehearsal::start(loop_, *next_, *passed,
                                    [this](const Result<RehearsalReport>& report) { on_rehearsed(report); });
  if (!rehearsal) return give_up(rehearsal.error());
  rehearsal_ = std::move(*rehearsal);
  step_ = Step::kRehearsing;
  parts_.events.announce(EventKind::kWarning, LogLevel::kNotice, "upgrade",
                         fmt::format("{}: {} rehearses", asker_, next_->path));
}

Result<NamedDescriptors> UpgradeSteps::prepare() {
  auto next = next_version(self_.program);
  if (!next) return next.error();
  next_ = std::move(*next);
  return pass_on();
}

Result<NamedDescriptors> UpgradeSteps::pass_on() {
  auto passed = parts_.handover.pass_on();
  if (!passed) return passed;
  internal::v1::RunState state;
  state.set_version(self_.version);
  state.set_path(self_.program.path);
  for (const std::string& name : parts_.handover.held()) state.add_held(name);
  state.set_upgrade(self_.number + 1);
  state.set_config_source(self_.config_source);
  state.set_start_warning(self_.start_warning);
  state.set_started_ns(
      std::chrono::duration_cast<std::chrono::nanoseconds>(self_.started.time_since_epoch()).count());
  parts_.carried.write(state);
  auto text = SurvivingText::create("demo-run-state");
  if (!text) return text.error();
  if (!text->write(state.SerializeAsString())) {
    return Error{ErrorCode::kResourceExhausted, "no memory to write down what is passed on", "", ""};
  }
  run_state_ = std::move(*text);
  passed->emplace_back(kRunStateName, run_state_->fd());
  return passed;
}

// A rehearsal has no way back: it would be this version that says it is ready.
Result<std::unique_ptr<ExecPlan>> UpgradeSteps::plan() {
  auto passed = pass_on();
  if (!passed) return passed.error();
  if (self_.program.file) passed->emplace_back(kProgramName, self_.program.file.get());
  if (self_.worker_program) passed->emplace_back(kWorkerProgramName, self_.worker_program.get());
  return ExecPlan::make(*next_, *passed);
}

void UpgradeSteps::on_rehearsed(const Result<RehearsalReport>& report) {
  const std::unique_ptr<Rehearsal> over = std::move(rehearsal_);
  if (!report) return give_up(report.error());
  step_ = Step::kPausing;
  parts_.events.announce(
      EventKind::kWarning, LogLevel::kNotice, "upgrade",
      fmt::format("from version {} to {}, which has rehearsed", self_.version, report->version));
  parts_.changes.pause();
  std::exchange(done_,
                nullptr)(UpgradeStart{self_.number + 1, self_.version, report->version, report->warnings});
  on_progress();
}

void UpgradeSteps::on_progress() {
  if (on_trial_ && parts_.workers.all_ready()) end_well();
  if (step_ != Step::kPausing || !parts_.changes.idle()) return;
  step_ = Step::kDue;
  on_due_();
}

Error UpgradeSteps::execute() {
  parts_.workers.grant_patience(true);
  const auto ready = plan();
  const Error error = ready ? cannot_execute(*next_, (*ready)->run()) : ready.error();
  parts_.workers.grant_patience(false);
  ended_ = ++self_.number;
  give_up(error);
  return error;
}

void UpgradeSteps::give_up(const Error& error) {
  const bool paused = step_ == Step::kDue;
  step_ = Step::kNone;
  next_.reset();
  run_state_.reset();
  parts_.events.announce(EventKind::kWarning, LogLevel::kError, "upgrade", asker_ + ": " + error.message);
  if (const UpgradeAnswer done = std::exchange(done_, nullptr)) return done(error);
  failure_ = error.message;
  if (paused) parts_.changes.resume();
}

void UpgradeSteps::stop() {
  rehearsal_.reset();
  if (std::exchange(step_, Step::kNone) >= Step::kPausing) parts_.changes.resume();
  if (on_trial_) end_trial("the daemon was ended before the new version served");
  if (const UpgradeAnswer done = std::exchange(done_, nullptr)) done(daemon_stopping());
}

// Better one worker less than the version before.
void UpgradeSteps::on_trial_over() {
  parts_.workers.any_of_plan_ready() ? end_well() : go_back("no worker of it served in time");
}

void UpgradeSteps::end_well() {
  parts_.events.announce(EventKind::kWarning, LogLevel::kNotice, "upgrade",
                         fmt::format("version {} has taken the place of {}", self_.version, self_.before));
  end_trial("");
}

void UpgradeSteps::end_trial(std::string failure) {
  on_trial_ = false;
  trial_timer_.stop();
  ended_ = self_.number;
  failure_ = std::move(failure);
  if (Fallback* const way_back = std::exchange(self_.way_back, nullptr)) way_back->dismiss();
  parts_.changes.resume();
}

void UpgradeSteps::go_back(const std::string& why) {
  log(LogLevel::kError, "upgrade: version {} goes on instead: {}", self_.before, why);
  flush_log();
  // None of them serves, and nobody would know them.
  parts_.workers.end_own();
  const int error = self_.way_back != nullptr ? self_.way_back->run(why) : ENOENT;
  const std::string failure =
      fmt::format("{}; and version {} cannot go on: {}", why, self_.before, errno_text(error));
  parts_.events.announce(EventKind::kWarning, LogLevel::kError, "upgrade", failure);
  end_trial(failure);
}

UpgradeReport UpgradeSteps::report() const { return {ended_, failure_}; }

}  // namespace demo
