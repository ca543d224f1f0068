#include "supervisor/changes/change_queue.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/limits.h"
#include "config/auto_mode.h"
#include "config/config_diff.h"
#include "config/config_merge.h"
#include "config/element_index.h"
#include "config/told_error.h"
#include "config/validate.h"
#include "supervisor/api/dropped_request.h"
#include "supervisor/api/expected_generation.h"

// One change at a time, because each is a function of the configuration that the one before it left. Its
// steps go from those that nobody sees to those that cannot be taken back: the next configuration is made and
// judged, what it needs is opened, it is saved, and only then workers are told. So a change that is refused,
// at whatever step, has changed nothing, and what workers run is what the next start would run.
//
// There are two configurations for that: the running one, and the lasting one, which differ once somebody
// changed something without saving it. A change is made of both apart (next_lasting); where only the second
// cannot be had, the change runs and the asker is told that it was not saved.
//
// After commit() nothing can fail any more. What is waited for, acknowledgements or the end of the timer,
// holds up the answer and the changes behind it, not the traffic. A change with a cut waits twice: it is
// saved, the cut goes out, and it is applied when the workers have made that.
namespace demo {
namespace {

template <typename Element>
bool all_are_in(const std::vector<Element>& some, const std::vector<Element>& all) {
  const ElementIndex<Element> known(all);
  return std::ranges::all_of(some, [&known](const Element& one) {
    const Element* const found = known.find(one);
    return found != nullptr && *found == one;
  });
}

// Whether next is what is left of the other, with no value changed.
bool only_removes(const Config& config, const Config& next) {
  Config rest = next;
  const ElementIndex<Pool> pools(config.pools);
  for (Pool& pool : rest.pools) {
    const Pool* const before = pools.find(pool);
    if (before == nullptr || !all_are_in(pool.backends, before->backends)) return false;
    pool.backends = before->backends;
  }
  if (!all_are_in(rest.pools, config.pools) || !all_are_in(rest.listeners, config.listeners)) return false;
  rest.pools = config.pools;
  rest.listeners = config.listeners;
  return rest == config;
}

Error too_many() {
  return {ErrorCode::kResourceExhausted,
          fmt::format("{} changes wait already: try again later", limits::kWaitingChanges), "", ""};
}

}  // namespace

ChangeQueue::ChangeQueue(boost::asio::io_context& loop, ChangeTarget& target,
                         std::chrono::milliseconds ack_timeout)
    : target_(target), ack_timeout_(ack_timeout), timer_(loop, [this] {
        timed_out_ = true;
        go_on();
      }) {}

void ChangeQueue::push(ChangeRequest request, Done done) {
  if (stopped_) return done(daemon_stopping());
  if (waiting_.size() >= limits::kWaitingChanges) drop_abandoned();
  if (waiting_.size() >= limits::kWaitingChanges) return done(too_many());
  waiting_.push_back({std::move(request), std::move(done)});
  run_next();
}

void ChangeQueue::resume() {
  paused_ = false;
  run_next();
}

void ChangeQueue::stop() {
  stopped_ = true;
  timer_.stop();
  if (step_ == Step::kCutting) {
    // It is saved, so it comes in force.
    if (auto applied = apply_after_cut(); !applied) finish(applied.error());
  }
  if (current_ && (step_ == Step::kDistributing || step_ == Step::kConfirming)) {
    // Saved and in force, whoever has not acknowledged it yet: that is what is told.
    finish_change(target_.acknowledgement(version_));
  } else if (current_) {
    finish(daemon_stopping());
  }
  refuse_waiting(daemon_stopping());
}

void ChangeQueue::refuse_waiting(const Error& why) {
  while (!waiting_.empty()) {
    const Entry entry = std::move(waiting_.front());
    waiting_.pop_front();
    entry.done(why);
  }
}

// A change that ends at once comes back here: a loop, however many of them wait.
void ChangeQueue::run_next() {
  if (running_) return;
  running_ = true;
  while (!current_ && !waiting_.empty() && !stopped_ && !paused_) {
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    outcome_ = {};
    unsaved_.reset();
    auto begun = begin_or_undo();
    if (!begun) {
      finish(begun.error());
    } else if (!*begun) {
      finish(std::move(outcome_));
    } else {
      go_on();
    }
  }
  running_ = false;
}

Result<Config> ChangeQueue::next_config() const {
  const ChangeRequest& request = current_->request;
  if (auto same = check_generation(request.expected_generation, target_.generation()); !same)
    return same.error();
  return changed(request.change, target_.config());
}

Result<Config> ChangeQueue::changed(const Change& change, const Config& config) const {
  auto next = change(config);
  if (!next) return next;
  // Before all that looks parts up: this is the supervisor's loop.
  if (auto problems = validate_counts(*next); !problems.empty()) return all_of(std::move(problems));
  *next = decide_auto_modes(config, std::move(*next));
  if (auto problems = validate(*next); !problems.empty()) return all_of(std::move(problems));
  if (auto checked = target_.check(*next); !checked) return checked.error();
  return next;
}

void ChangeQueue::drop_abandoned() {
  std::deque<Entry> kept;
  std::deque<Entry> abandoned;
  for (Entry& entry : waiting_) {
    const auto& asker = entry.request.asker;
    (asker != nullptr && asker->gone() ? abandoned : kept).push_back(std::move(entry));
  }
  waiting_.swap(kept);
  for (const Entry& entry : abandoned) entry.done(begin_for(entry.request.asker).error());
}

Result<Config> ChangeQueue::next_lasting(const Config& next) const {
  if (target_.lasting() == target_.config()) return next;
  const ChangeRequest& request = current_->request;
  auto made = changed(request.saved_change ? *request.saved_change : request.change, target_.lasting());
  if (made || request.saved_change) return made;
  const ErrorCode why = made.error().code;
  if (why != ErrorCode::kNotFound && why != ErrorCode::kAlreadyExists) return made;
  // What it removes may not be saved, and stays so; what it adds may be saved already, and gets its values.
  const MergeSide side = only_removes(target_.config(), next) ? MergeSide::kRunning : MergeSide::kFile;
  auto merged = changed(
      edit_config([&](Config& saved) { saved = merge_config(target_.config(), next, saved, side).config; }),
      target_.lasting());
  return merged ? merged : made;
}

// A shortage within a step may be thrown: it ends this change, not those after it.
Result<bool> ChangeQueue::begin_or_undo() {
  try {
    return begin();
  } catch (const std::exception& thrown) {
    target_.rollback();
    return Error{ErrorCode::kInternal, fmt::format("the change failed: {}", thrown.what()), "", ""};
  }
}

Result<bool> ChangeQueue::begin() {
  if (auto wanted = begin_for(current_->request.asker); !wanted) return wanted.error();
  if (current_->request.save_only) {
    const auto lasting = current_->request.change(target_.config());
    if (!lasting) return lasting.error();
    const auto saved = target_.persist(*lasting);
    if (!saved) return saved.error();
    outcome_.generation = target_.generation();
    outcome_.persisted = *saved;
    return false;
  }
  const auto next = next_config();
  if (!next) return next.error();
  outcome_.generation = target_.generation();
  outcome_.differences = diff_config(target_.config(), *next);
  outcome_.warnings = target_.new_warnings(*next);
  if (current_->request.dry_run) return false;
  if (current_->request.cut) {
    // Before the cut: a change that cannot be saved ends nothing.
    lasting_before_ = target_.lasting();
    if (auto saved = save(*next); !saved) return saved.error();
    step_ = Step::kCutting;
    version_ = target_.cut(*current_->request.cut);
    return true;
  }
  if (auto applied = apply(); !applied) return applied.error();
  return true;
}

Status ChangeQueue::save(const Config& next) {
  if (!current_->request.persist || !target_.persistent()) return {};
  auto lasting = next_lasting(next);
  if (!lasting) {
    unsaved_ = lasting.error();
    return {};
  }
  if (!target_.is_saved(*lasting)) {
    const auto saved = target_.persist(*lasting);
    if (!saved) return saved.error();
    outcome_.persisted = *saved;
  } else {
    outcome_.persisted = true;
  }
  return {};
}

Status ChangeQueue::apply() {
  auto next = next_config();
  if (!next) return next.error();
  const bool same = *next == target_.config();
  if (!same) {
    if (auto prepared = target_.prepare(*next); !prepared) return prepared.error();
  }
  if (!current_->request.cut) {
    if (auto saved = save(*next); !saved) {
      if (!same) target_.rollback();
      return saved;
    }
  }
  if (unsaved_) target_.on_unsaved(current_->request, *unsaved_);
  const ChangeRequest& request = current_->request;
  const bool taken = target_.persistent() ? request.persist && !unsaved_ : true;
  if (request.file) target_.take_file(*request.file, taken);
  if (same) {
    version_ = target_.version();
    step_ = Step::kConfirming;
    return {};
  }
  version_ = target_.commit(std::move(*next));
  outcome_.generation = target_.generation();
  step_ = Step::kDistributing;
  return {};
}

// The running configuration is still the one before the cut, as nothing else may run.
Status ChangeQueue::apply_after_cut() {
  step_ = Step::kIdle;
  target_.end_cut();
  auto applied = apply();
  const bool saved = current_->request.persist && target_.persistent();
  // Where this fails as well, the next start runs what was asked for.
  if (!applied && saved && !target_.is_saved(lasting_before_)) {
    static_cast<void>(target_.persist(lasting_before_));
  }
  return applied;
}

void ChangeQueue::on_progress() {
  if (step_ != Step::kIdle) go_on();
}

void ChangeQueue::go_on() {
  auto acknowledgement = target_.acknowledgement(version_);
  if (!acknowledgement.complete && !timed_out_) {
    if (!timer_.running()) timer_.start(ack_timeout_);
    return;
  }
  timer_.stop();
  timed_out_ = false;
  if (step_ == Step::kCutting) {
    if (auto applied = apply_after_cut(); !applied) return finish(applied.error());
    return go_on();
  }
  finish_change(std::move(acknowledgement));
}

void ChangeQueue::finish_change(Acknowledgement acknowledgement) {
  outcome_.workers = std::move(acknowledgement.workers);
  std::ranges::move(acknowledgement.warnings, std::back_inserter(outcome_.warnings));
  if (step_ == Step::kDistributing) target_.on_changed(current_->request, outcome_);
  finish(std::move(outcome_));
}

void ChangeQueue::finish(Result<ChangeOutcome> result) {
  step_ = Step::kIdle;
  const Entry entry = std::move(*std::exchange(current_, std::nullopt));
  entry.done(std::move(result));
  run_next();
}

}  // namespace demo
