#include "supervisor/upgrade_steps.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "base/background_log.h"
#include "base/log.h"
#include "supervisor/api/dropped_request.h"

namespace demo {
namespace {

// A version whose workers do not serve by then gives way to the one before it.
constexpr std::chrono::milliseconds kTrialPatience{10'000};
// What is answered before it does needs so long to leave.
constexpr std::chrono::milliseconds kAnswerTime{50};

// The next version holds what is passed on twice until it serves, and what its workers and API need.
Status check_room(std::size_t passed) {
  constexpr std::size_t kOthers = 64;
  rlimit limit{};
  const std::size_t needed = 2 * passed + kOthers;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || needed <= limit.rlim_cur) return {};
  return Error{
      ErrorCode::kResourceExhausted,
      fmt::format("an upgrade takes {} descriptors until the new version serves, and this process may "
                  "open {}: raise the limit of open files (LimitNOFILE=, ulimit -n)",
                  needed, limit.rlim_cur),
      "", ""};
}

Error cannot_execute(const Program& program, int error) {
  return {ErrorCode::kUnavailable, fmt::format("cannot execute {}: {}", program.path, errno_text(error)), "",
          ""};
}

}  // namespace

UpgradeSteps::UpgradeSteps(boost::asio::io_context& loop, const Parts& parts,
                           const SupervisorOptions& options, std::function<void()> on_due)
    : loop_(loop),
      parts_(parts),
      options_(options),
      on_due_(std::move(on_due)),
      trial_timer_(loop, [this] { on_trial_over(); }),
      failure_(options.refusal),
      way_back_(options.way_back) {
  if (!options.run_state) return;
  number_ = ended_ = options.run_state->upgrade();
  before_ = options.run_state->version();
  on_trial_ = failure_.empty();
  if (!on_trial_) return;
  --ended_;
  // What is changed now would be unknown to the version before.
  parts_.changes.pause();
  trial_timer_.start(kTrialPatience);
}

UpgradeSteps::~UpgradeSteps() = default;

void UpgradeSteps::tell_origin() {
  if (options_.refusal.empty()) return;
  parts_.events.announce(EventKind::kWarning, LogLevel::kError, "upgrade",
                         fmt::format("version {} goes on, the one after it did not get to serve: {}",
                                     options_.version, options_.refusal));
}

void UpgradeSteps::begin(const UpgradeRequest& request, UpgradeAnswer done) {
  if (step_ != Step::kNone || on_trial_) {
    return done(Error{ErrorCode::kAborted, "an upgrade is under way already", "", ""});
  }
  if (auto wanted = begin_for(request.asker); !wanted) return done(wanted.error());
  asker_ = request.caller.name;
  done_ = std::move(done);
  if (auto room = parts_.workers.check_room_for_all(); !room) return give_up(room.error());
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
  auto next = next_version(options_.program);
  if (!next) return next.error();
  next_ = std::move(*next);
  return pass_on();
}

Result<NamedDescriptors> UpgradeSteps::pass_on() {
  auto passed = parts_.handover.pass_on();
  if (!passed) return passed;
  internal::v1::RunState state;
  for (const std::string& name : parts_.handover.held()) state.add_held(name);
  state.set_upgrade(number_ + 1);
  parts_.carried.write(state);
  auto text = SurvivingText::create("demo-run-state");
  if (!text) return text.error();
  if (!text->seal_with(state.SerializeAsString())) {
    return Error{ErrorCode::kResourceExhausted, "no memory to write down what is passed on", "", ""};
  }
  run_state_ = std::move(*text);
  passed->emplace_back(kRunStateName, run_state_->fd());
  return passed;
}

// A rehearsal has no way back: it would be this version that says it is ready.
Result<std::unique_ptr<ExecPlan>> UpgradeSteps::plan(const NamedFds& api) {
  auto passed = pass_on();
  if (!passed) return passed.error();
  for (auto& diagnosis : parts_.handover.pass_on_for_good()) passed->push_back(std::move(diagnosis));
  for (const auto& [name, fd] : api) passed->emplace_back(name, fd.get());
  if (options_.program.file) passed->emplace_back(kProgramName, options_.program.file.get());
  if (options_.workers.program) passed->emplace_back(kWorkerProgramName, options_.workers.program.get());
  return ExecPlan::make(*next_, *passed);
}

void UpgradeSteps::on_rehearsed(const Result<RehearsalReport>& report) {
  const std::unique_ptr<Rehearsal> over = std::move(rehearsal_);
  if (!report) return give_up(report.error());
  step_ = Step::kPausing;
  parts_.events.announce(
      EventKind::kWarning, LogLevel::kNotice, "upgrade",
      fmt::format("from version {} to {}, which has rehearsed", options_.version, report->version));
  parts_.changes.pause();
  std::exchange(done_,
                nullptr)(UpgradeStart{number_ + 1, options_.version, report->version, report->warnings});
  on_progress();
}

void UpgradeSteps::on_progress() {
  if (on_trial_ && parts_.workers.all_ready()) {
    end_well();
  } else if (on_trial_ && parts_.workers.any_lost()) {
    go_back("its workers fail, and one of the version before that served in their stead has ended");
  }
  if (step_ != Step::kPausing || !parts_.changes.idle()) return;
  step_ = Step::kDue;
  parts_.drains.answer_all();
  on_due_();
}

void UpgradeSteps::execute(const NamedFds& api) {
  parts_.workers.grant_patience(true);
  const auto ready = plan(api);
  const Error error = ready ? cannot_execute(*next_, (*ready)->run()) : ready.error();
  parts_.workers.grant_patience(false);
  ended_ = ++number_;
  give_up(error);
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
  if (parts_.workers.any_of_plan_ready()) return end_well();
  go_back("no worker of it served in time");
}

void UpgradeSteps::end_well() {
  parts_.events.announce(EventKind::kWarning, LogLevel::kNotice, "upgrade",
                         fmt::format("version {} has taken the place of {}", options_.version, before_));
  end_trial("");
}

void UpgradeSteps::end_trial(std::string failure) {
  on_trial_ = false;
  trial_timer_.stop();
  ended_ = number_;
  failure_ = std::move(failure);
  if (Fallback* const way_back = std::exchange(way_back_, nullptr)) way_back->dismiss();
  parts_.changes.resume();
}

void UpgradeSteps::go_back(const std::string& why) {
  log(LogLevel::kError, "upgrade: version {} goes on instead: {}", before_, why);
  flush_log();
  // None of them serves, and nobody would know them.
  parts_.workers.end_own();
  parts_.changes.refuse_waiting(
      {ErrorCode::kUnavailable,
       fmt::format(
           "not done, nothing was changed: version {} goes on, as the one after it did not get to serve",
           before_),
       "", ""});
  // Nobody is served by this thread, and nothing may begin any more: no turn of the loop.
  std::this_thread::sleep_for(kAnswerTime);
  const int error = way_back_ != nullptr ? way_back_->run(why) : ENOENT;
  const std::string failure =
      fmt::format("{}; and version {} cannot go on: {}", why, before_, errno_text(error));
  parts_.events.announce(EventKind::kWarning, LogLevel::kError, "upgrade", failure);
  end_trial(failure);
}

UpgradeReport UpgradeSteps::report() const { return {ended_, failure_, what_is_under_way()}; }

std::string UpgradeSteps::what_is_under_way() const {
  if (on_trial_)
    return fmt::format("from version {}, which comes back unless workers of this one serve", before_);
  switch (step_) {
    case Step::kNone:
      return "";
    case Step::kRehearsing:
      return "the next version rehearses";
    case Step::kPausing:
    case Step::kDue:
      break;
  }
  return "the next version has rehearsed, and is executed after the changes under way";
}

}  // namespace demo
