#include "supervisor/backends/health_checker.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "supervisor/backends/health_probe.h"
#include "supervisor/backends/health_state.h"

namespace demo {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// An interval varies by a tenth either way, and the first check comes within a tenth, so that the checks of
// many backends spread out and stay so.
constexpr int kJitterDivisor = 10;

milliseconds random_up_to(std::minstd_rand& random, milliseconds most) {
  return milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, most.count())(random));
}

}  // namespace

// The repeated check of one target. The checker owns it; its handlers keep it alive until they ran.
class HealthChecker::Check : public std::enable_shared_from_this<Check> {
 public:
  Check(HealthChecker& checker, HealthTarget target)
      : checker_(checker), target_(std::move(target)), timer_(checker.loop_) {}

  const Verdict& verdict() const { return verdict_; }
  const HealthTarget& target() const { return target_; }

  // What was found before this check began.
  void go_on_from(const Verdict& before) {
    verdict_ = before;
    state_ = HealthState(before.up);
  }

  void schedule_first() {
    schedule(steady_clock::now() + random_up_to(checker_.random_, target_.check.interval / kJitterDivisor));
  }

  void set(const HealthTarget& target) {
    if (target.check == target_.check && target.send_proxy_protocol == target_.send_proxy_protocol) return;
    target_ = target;
    if (!probe_) schedule_first();
  }

  void stop() {
    ++turn_;
    timer_.cancel();
    if (probe_) probe_->cancel();
    probe_.reset();
  }

 private:
  // The one wait that counts is the latest: a wait that was cancelled too late sees another turn.
  void schedule(steady_clock::time_point at) {
    const std::uint64_t turn = ++turn_;
    timer_.expires_at(at);
    timer_.async_wait([self = shared_from_this(), turn](error_code) {
      if (turn == self->turn_) self->probe();
    });
  }

  void probe() {
    const auto started = steady_clock::now();
    probe_ = std::make_shared<HealthProbe>(checker_.loop_, target_);
    probe_->start([self = shared_from_this(), started](ProbeOutcome outcome, const std::string& reason) {
      self->on_result(started, outcome, reason);
    });
  }

  void on_result(steady_clock::time_point started, ProbeOutcome outcome, const std::string& reason) {
    probe_.reset();
    const milliseconds interval = target_.check.interval;
    const milliseconds jitter = interval / kJitterDivisor;
    schedule(std::max(started + interval - jitter + random_up_to(checker_.random_, 2 * jitter),
                      steady_clock::now()));
    if (outcome == ProbeOutcome::kNotMade) return note_shortage(reason);
    verdict_.shortage.clear();
    const bool changed =
        state_.record(outcome == ProbeOutcome::kHealthy, target_.check.rise, target_.check.fall);
    verdict_.up = state_.up();
    if (changed || !verdict_.checked) verdict_.reason = reason;
    verdict_.checked = true;
    // Last, since it may stop this check.
    if (changed) checker_.on_change_(target_, verdict_.up, reason);
  }

  // A check that could not be made says nothing of the backend: it stays what it was.
  void note_shortage(const std::string& reason) {
    const bool told = !std::exchange(verdict_.shortage, reason).empty();
    if (told) return;
    checker_.shortage_log_.log(monotonic_ns(), LogLevel::kWarning,
                               "backend {} of pool {} cannot be checked: {}", target_.endpoint, target_.pool,
                               reason);
  }

  HealthChecker& checker_;
  HealthTarget target_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<HealthProbe> probe_;  // while one is under way
  HealthState state_;
  Verdict verdict_;
  std::uint64_t turn_ = 0;
};

HealthChecker::HealthChecker(boost::asio::io_context& loop, OnChange on_change, OnEnd on_end)
    : loop_(loop),
      on_change_(std::move(on_change)),
      on_end_(std::move(on_end)),
      random_(std::random_device()()) {}

HealthChecker::~HealthChecker() { stop_all(); }

void HealthChecker::stop_all() {
  for (const auto& [key, check] : checks_) check->stop();
}

void HealthChecker::configure(std::vector<HealthTarget> targets) {
  std::map<Key, std::shared_ptr<Check>> wanted;
  for (HealthTarget& target : targets) {
    if (target.check.kind == HealthCheckKind::kNone) continue;
    Key key(target.pool, target.endpoint, target.address.to_string());
    if (const auto running = checks_.find(key); running != checks_.end()) {
      running->second->set(target);
      wanted.insert(checks_.extract(running));
    } else if (!wanted.contains(key)) {
      auto check = std::make_shared<Check>(*this, std::move(target));
      if (const auto before = remembered_.find(key); before != remembered_.end()) {
        check->go_on_from(before->second);
      }
      check->schedule_first();
      wanted.emplace(std::move(key), std::move(check));
    }
  }
  remembered_.clear();
  stop_all();
  const auto vanished = std::exchange(checks_, std::move(wanted));
  for (const auto& [key, check] : vanished) {
    if (!check->verdict().up) on_end_(check->target());
  }
}

HealthChecker::Known HealthChecker::known() const {
  Known known;
  for (const auto& [key, check] : checks_) {
    if (check->verdict().checked) known.emplace(key, check->verdict());
  }
  return known;
}

HealthChecker::Verdict HealthChecker::verdict(const std::string& pool, const std::string& endpoint,
                                              const Address& address) const {
  const auto found = checks_.find(Key(pool, endpoint, address.to_string()));
  return found == checks_.end() ? Verdict() : found->second->verdict();
}

}  // namespace demo
