#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "balance/hashing.h"
#include "proxy/pool/backend_pool.h"

// Which members a pool has.
namespace demo {

BackendPool::~BackendPool() {
  for (const auto& list : {&members_, &leaving_}) {
    for (const auto& member : *list) {
      connections_.close_idle_of(*member);
      while (!member->parting.empty()) connections_.retire(member->parting.front());
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
  judge_.configure(settings.ejection);
  send_proxy_protocol_ = settings.send_proxy_protocol;
  timeouts_ = settings.timeouts;
  slow_start_ = settings.slow_start;
  queue_.set_limit(settings.queue_limit);
  abort_on_close_ = settings.abort_on_close;
  std::unordered_map<std::uint32_t, std::unique_ptr<Member>> before;
  for (auto& member : std::exchange(members_, {})) before.emplace(member->spec.slot, std::move(member));
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
    }
  }
  std::vector<std::unique_ptr<Member>> gone;
  for (auto& [slot, member] : before) gone.push_back(std::move(member));
  leave(std::move(gone));
  for (std::size_t i = 0; i < settings.members.size(); ++i) update(*members_[i], settings.members[i]);
  families_.note();
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
  leave(std::exchange(members_, {}));
  choice_.configure(policy_, slow_start_, members_);
  environment_.queues_due = true;
}

// First the circles of those that are there now: a race that loses its challenger looks for another one.
void BackendPool::leave(std::vector<std::unique_ptr<Member>> gone) {
  const std::size_t first = leaving_.size();
  for (auto& member : gone) {
    member->absence |= Member::kVanished;
    leaving_.push_back(std::move(member));
  }
  families_.join_siblings();
  for (std::size_t i = first; i < leaving_.size(); ++i) {
    Member& member = *leaving_[i];
    environment_.loop.timers().disarm(member);
    environment_.loop.timers().disarm(member.aside);
    judge_.end_ejection(member, "it was removed");
    connections_.close_idle_of(member);
    race_.drop_challengers(member);
    if (member.limited()) limits_.stand_in_line(member, 0);
  }
}

void BackendPool::update(Member& member, const SnapshotMember& spec) {
  const bool came_up = spec.usable && !member.spec.usable;
  const bool was_limited = member.limited();
  member.spec = spec;
  if (member.limited() != was_limited) connections_.count(member);
  if (member.limited()) connections_.yield_idle(member);
  if (came_up) member.record.clear();
  if (!spec.usable) {
    judge_.end_ejection(member, "it gets no requests now: it drains, is in maintenance or down");
    connections_.close_idle_of(member);
    race_.drop_challengers(member);
  } else if (spec.weight == 0) {
    judge_.end_ejection(member, "it gets no requests now: its weight is 0");
  }
}

void BackendPool::cut(Member& member) {
  race_.drop_challengers(member);
  while (!member.busy.empty()) {
    const std::size_t before = member.busy.size();
    BackendConnection& connection = member.busy.front();
    if (connection.rival_ != nullptr) {
      race_.go_on_without(connection);
      continue;
    }
    member.stats.forced_closes.add();
    connection.user_->on_backend_cut();
    if (member.busy.size() >= before) std::abort();  // the user must give its connection back
  }
}

}  // namespace demo
