#include "proxy/pool/member_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/log.h"

namespace demo {
namespace {

constexpr std::uint64_t kLogIntervalNs = 10'000'000'000;

bool gets_none(const Member& member) {
  return member.vanished() || !member.spec.usable || member.spec.weight == 0;
}

}  // namespace

void MemberJudge::configure(const Ejection& ejection) {
  ejection_ = ejection;
  ejection_statuses_ = StatusSet::parse(ejection_.statuses).value_or(StatusSet());
}

void MemberJudge::report_failure(Member& member, std::string_view why, std::uint64_t since_ns) {
  member.stats.failed_ms.add((environment_.loop.now_ns() - since_ns) / 1'000'000);
  if (gets_none(member) || !member.record.failed(ejection_) || !may_eject(member)) return;
  member.record.eject(ejection_, environment_.loop.now_ns());
  member.stats.ejections.add();
  put_out(member, why);
}

void MemberJudge::keep_out(Member& member, std::string_view why, std::uint64_t failures,
                           std::chrono::milliseconds left) {
  if (gets_none(member) || member.record.ejected() || ejection_.consecutive_failures == 0) return;
  if (!may_eject(member)) return;
  const auto left_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(left).count());
  member.record.eject_until(ejection_, failures, environment_.loop.now_ns() + left_ns);
  put_out(member, why);
}

// Judged before its family is doubted: one that is silent takes no protection from the one that answers.
bool MemberJudge::may_eject(const Member& member) { return ejection_.allow_last || !only_usable(member); }

void MemberJudge::put_out(Member& member, std::string_view why) {
  families_.doubt(member);
  member.stats.ejected.set(1);
  choice_.refresh(member);
  connections_.close_idle_of(member);
  // Who waits for it alone waits in vain.
  if (!queue_.empty()) environment_.queues_due = true;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds(member.record.until_ns() - environment_.loop.now_ns()));
  environment_.loop.timers().arm(member, left);
  tell(member, BackendNews::kEjected, why, left);
}

void MemberJudge::report_response(Member& member, unsigned status, std::uint64_t since_ns) {
  if (!ejection_statuses_.has(status)) return report_success(member);
  member.stats.responses_failed.add();
  std::array<char, 32> why;
  const auto written = fmt::format_to_n(why.begin(), why.size(), "it answered {}", status);
  report_failure(member, {why.data(), static_cast<std::size_t>(written.out - why.begin())}, since_ns);
}

void MemberJudge::take_back(Member& member) {
  member.record.take_back();
  member.stats.ejected.set(0);
  choice_.refresh(member);
  environment_.queues_due = true;
  tell(member, BackendNews::kTakenBack, "its ejection time is over");
}

// Nobody waits for its time to be over any more.
void MemberJudge::end_ejection(Member& member, std::string_view why) {
  if (!member.record.ejected()) return;
  environment_.loop.timers().disarm(member);
  member.record.take_back();
  member.stats.ejected.set(0);
  choice_.refresh(member);
  tell(member, BackendNews::kOut, why);
}

// Another one that will do is remembered, so that not all members are gone through for each failure while
// most of them are ejected.
bool MemberJudge::only_usable(const Member& member) {
  if (choice_.usable() == (member.usable() ? 1U : 0U)) return true;
  for (std::size_t looks = 0; looks < members_.size(); ++looks, ++another_) {
    if (another_ >= members_.size()) another_ = 0;
    const Member& other = *members_[another_];
    if (&other != &member && other.usable() && !other.silent) return false;
  }
  return true;
}

void MemberJudge::tell(const Member& member, BackendNews news, std::string_view why,
                       std::chrono::milliseconds time) {
  if (!environment_.outlook.on_notice) return;
  const std::uint64_t failures = news == BackendNews::kEjected ? member.record.failures() : 0;
  environment_.outlook.on_notice({pool_, member.spec.name(), member.spec.address, news, why, failures, time});
}

void MemberJudge::report_shortage(const Member& member, std::string_view what) {
  member.stats.connect_shortages.add();
  const std::uint64_t now_ns = environment_.loop.now_ns();
  if (logged_ns_ != 0 && now_ns - logged_ns_ < kLogIntervalNs) return;
  logged_ns_ = now_ns;
  log(LogLevel::kError, "no connection to backend {} of pool {}: {}", member.spec.name(), pool_, what);
}

void MemberJudge::report_unreachable(Member& member, std::string_view why, std::uint64_t since_ns) {
  families_.doubt(member);
  report_failure(member, why, since_ns);
}

void MemberJudge::distrust(Member& member) {
  const std::uint64_t now_ns = environment_.loop.now_ns();
  const auto time_ns = static_cast<std::uint64_t>(environment_.distrust.count());
  // One that goes on is told again now and then, so that who was told before knows that it lasts.
  if (time_ns > 0 && now_ns >= member.distrust_due_ns) {
    member.distrust_due_ns = now_ns + time_ns / 4;
    tell(member, BackendNews::kDistrusted, "it sent a response that nobody had asked for",
         std::chrono::duration_cast<std::chrono::milliseconds>(environment_.distrust));
  }
  member.kept_from_ns = now_ns + time_ns;
  environment_.distrusted.add(member.spec.address, now_ns, member.kept_from_ns);
  connections_.close_idle_of(member);
}

void MemberJudge::keep_none_to(Member& member, std::uint64_t until_ns) {
  // Who told it tells it again when it is due; all others need not, in each worker.
  const std::uint64_t told_for_ns = static_cast<std::uint64_t>(environment_.distrust.count()) / 4 * 3;
  member.kept_from_ns = until_ns;
  member.distrust_due_ns = std::max(member.distrust_due_ns, until_ns - std::min(until_ns, told_for_ns));
  connections_.close_idle_of(member);
}

}  // namespace demo
