#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "balance/hashing.h"
#include "base/log.h"
#include "proxy/backend_pool.h"

// Which members a pool has, and which of them are out.
namespace demo {

void Member::on_timeout() { pool.take_back(*this); }

BackendPool::~BackendPool() {
  for (const auto& list : {&members_, &leaving_}) {
    for (const auto& member : *list) {
      close_idle_of(*member);
      while (!member->parting.empty()) retire(member->parting.front());
      if (!member->busy.empty()) std::abort();  // its users must be gone before the pool
    }
  }
}

bool BackendPool::was_passed_by(const RequestHead& head) const {
  return head.passed_us && !loop_mark_.empty() &&
         std::any_of(head.fields.begin(), head.fields.begin() + head.field_count, [this](const Field& field) {
           return field.value.find(loop_mark_) != std::string_view::npos;
         });
}

void BackendPool::apply(const SnapshotPool& settings) {
  loop_mark_ =
      environment_.settings.loop_name.empty()
          ? std::string()
          : fmt::format("{}-{:08x}", environment_.settings.loop_name, hash_bytes(name_) & 0xFFFFFFFFU);
  policy_ = settings.policy;
  hashed_ = policy_entry(policy_).hashed;
  ejection_ = settings.ejection;
  ejection_statuses_ = StatusSet::parse(ejection_.statuses).value_or(StatusSet());
  send_proxy_protocol_ = settings.send_proxy_protocol;
  timeouts_ = settings.timeouts;
  slow_start_ = settings.slow_start;
  queue_limit_ = settings.queue_limit;
  abort_on_close_ = settings.abort_on_close;
  std::unordered_map<std::uint32_t, std::unique_ptr<Member>> before;
  for (auto& member : std::exchange(members_, {})) before.emplace(member->spec.slot, std::move(member));
  // Members of a worker's first generation are there from the start; those that come to others start slowly.
  const bool has_others = !before.empty();
  for (const SnapshotMember& spec : settings.members) {
    const auto same = before.find(spec.slot);
    if (same != before.end() && same->second->spec.address == spec.address) {
      members_.push_back(std::move(same->second));
      before.erase(same);
    } else {
      if (spec.slot >= limits::kBackendMembers) std::abort();  // the supervisor numbers within the page
      members_.push_back(std::make_unique<Member>(*this, spec, environment_.stats.backends[spec.slot],
                                                  hash_bytes(spec.address.to_string())));
      members_.back()->kept_from_ns = environment_.distrusted.until_ns(spec.address);
      if (spec.usable && has_others) members_.back()->up_since_ns = environment_.loop.now_ns();
    }
  }
  for (auto& [slot, member] : before) leave(std::move(member));
  for (std::size_t i = 0; i < settings.members.size(); ++i) update(*members_[i], settings.members[i]);
  note_families();
  limited_ = std::ranges::any_of(members_, [](const auto& member) { return member->limited(); });
  if (limited_ && !limits_.known()) std::abort();  // whoever composes the rooms must set it
  choice_.configure(policy_, slow_start_, members_);
  // Only now: exchanges that end here may ask for other members.
  for (const auto& member : members_) {
    if (member->spec.cut) cut(*member);
  }
  environment_.queues_due = true;
}

void BackendPool::remove_members() {
  for (auto& member : std::exchange(members_, {})) leave(std::move(member));
  join_siblings();
  choice_.configure(policy_, slow_start_, members_);
  environment_.queues_due = true;
}

void BackendPool::leave(std::unique_ptr<Member> member) {
  member->absence |= Member::kVanished;
  environment_.loop.timers().disarm(*member);
  environment_.loop.timers().disarm(member->aside);
  end_ejection(*member, "it was removed");
  close_idle_of(*member);
  drop_challengers(*member);
  if (member->limited()) limits_.stand_in_line(*member, 0);
  leaving_.push_back(std::move(member));
}

void BackendPool::update(Member& member, const SnapshotMember& spec) {
  const bool came_up = spec.usable && !member.spec.usable;
  const bool was_limited = member.limited();
  member.spec = spec;
  if (member.limited() != was_limited) limits_.count_connections(member);
  if (member.limited()) yield_idle(member);
  if (came_up) {
    member.up_since_ns = environment_.loop.now_ns();
    member.record.clear();
  }
  if (!spec.usable) {
    end_ejection(member, "it gets no requests now: it drains, is in maintenance or down");
    close_idle_of(member);
    drop_challengers(member);
  } else if (spec.weight == 0) {
    end_ejection(member, "it gets no requests now: its weight is 0");
  }
}

// Nobody waits for its time to be over any more.
void BackendPool::end_ejection(Member& member, std::string_view why) {
  if (!member.record.ejected()) return;
  environment_.loop.timers().disarm(member);
  member.record.take_back();
  member.stats.ejected.set(0);
  choice_.refresh(member);
  tell(member, BackendNews::kOut, why);
}

void BackendPool::cut(Member& member) {
  drop_challengers(member);
  while (!member.busy.empty()) {
    const std::size_t before = member.busy.size();
    BackendConnection& connection = member.busy.front();
    if (connection.rival_ != nullptr) {
      go_on_without(connection);
      continue;
    }
    member.stats.forced_closes.add();
    connection.user_->on_backend_cut();
    if (member.busy.size() >= before) std::abort();  // the user must give its connection back
  }
}

bool BackendPool::only_usable(const Member& member) const {
  if (choice_.usable() == (member.usable() ? 1U : 0U)) return true;
  return std::ranges::none_of(members_, [&member](const auto& other) {
    return other.get() != &member && other->usable() && !other->silent;
  });
}

void BackendPool::report_failure(Member& member, std::string_view why, std::uint64_t since_ns) {
  member.stats.failed_ms.add((environment_.loop.now_ns() - since_ns) / 1'000'000);
  if (member.vanished() || !member.spec.usable || member.spec.weight == 0) return;
  if (!member.record.failed(ejection_)) return;
  // Judged first: a family that is silent takes no protection from the one that answers.
  if (!ejection_.allow_last && only_usable(member)) return;
  doubt_family(member);
  const std::uint64_t now_ns = environment_.loop.now_ns();
  member.record.eject(ejection_, now_ns);
  member.stats.ejections.add();
  member.stats.ejected.set(1);
  choice_.refresh(member);
  close_idle_of(member);
  // Who waits for it alone waits in vain.
  if (!queue_.empty()) environment_.queues_due = true;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::nanoseconds(member.record.until_ns() - now_ns));
  environment_.loop.timers().arm(member, left);
  tell(member, BackendNews::kEjected, why, left);
}

void BackendPool::report_response(Member& member, unsigned status, std::uint64_t since_ns) {
  if (!ejection_statuses_.has(status)) return report_success(member);
  member.stats.responses_failed.add();
  std::array<char, 32> why;
  const auto written = fmt::format_to_n(why.begin(), why.size(), "it answered {}", status);
  report_failure(member, {why.data(), static_cast<std::size_t>(written.out - why.begin())}, since_ns);
}

void BackendPool::take_back(Member& member) {
  member.record.take_back();
  member.stats.ejected.set(0);
  choice_.refresh(member);
  environment_.queues_due = true;
  tell(member, BackendNews::kTakenBack, "its ejection time is over");
}

void BackendPool::tell(const Member& member, BackendNews news, std::string_view why,
                       std::chrono::milliseconds time) {
  if (!environment_.outlook.on_notice) return;
  const std::uint64_t failures = news == BackendNews::kEjected ? member.record.failures() : 0;
  environment_.outlook.on_notice({name_, member.spec.name(), member.spec.address, news, why, failures, time});
}

}  // namespace demo
