#include <algorithm>
#include <utility>

#include "proxy/backend_pool.h"
#include "proxy/workbench.h"

// How a pool keeps its members' limits together with the other workers. Each connection that is open, idle
// ones included, has a slot of its member's gate; users wait in the pool's queue, and the pool stands in the
// line of every member that would do, for the user that has waited longest for it.
namespace demo {

// An own unused connection is as good as a free slot, but not before those who have waited longer.
bool BackendPool::has_slot(const Member& member, const Wish& wish) const {
  const Quota& quota = *bench_.outlook.quota;
  const std::uint32_t gate = member.spec.slot;
  if (wish.queued ? !quota.is_first(gate) : quota.anyone_waits(gate)) return false;
  return !member.idle.empty() || quota.has_room(gate);
}

bool BackendPool::secure_slot(Member& member, const Wish& wish) {
  Quota& quota = *bench_.outlook.quota;
  if (!member.idle.empty() && !wish.fresh) return true;
  const std::uint32_t gate = member.spec.slot;
  slot_secured_ = wish.queued ? quota.claim_in_turn(gate) : quota.claim(gate);
  if (slot_secured_ || member.idle.empty()) return slot_secured_;
  // A new connection takes the place of an unused one.
  BackendConnection& unused = member.idle.back();
  slot_secured_ = std::exchange(unused.has_slot_, false);
  retire_idle(unused);
  return slot_secured_;
}

bool BackendPool::has_free_slot(const Member& member) const {
  if (!member.limited()) return true;
  const Quota& quota = *bench_.outlook.quota;
  return !quota.anyone_waits(member.spec.slot) && quota.has_room(member.spec.slot);
}

bool BackendPool::claim_free_slot(const Member& member) {
  return !member.limited() || bench_.outlook.quota->claim(member.spec.slot);
}

void BackendPool::give_slot_back(const Member& member) {
  bench_.outlook.quota->release(member.spec.slot);
  if (!queue_.empty()) bench_.queues_due = true;
}

void BackendPool::note_idle(const Member& member) {
  bench_.outlook.quota->set_idle(member.spec.slot, member.idle.size());
}

// What is idle here and wanted in another worker, or beyond a lowered limit, is closed.
void BackendPool::yield_idle(Member& member) {
  const Quota& quota = *bench_.outlook.quota;
  const std::uint32_t gate = member.spec.slot;
  while (!member.idle.empty() && (quota.over(gate) || quota.lacks_elsewhere(gate))) {
    retire_idle(member.idle.back());
  }
}

void BackendPool::hear_others() {
  if (!limited_) return;
  for (const auto& member : members_) {
    if (member->limited()) yield_idle(*member);
  }
  if (!queue_.empty()) bench_.queues_due = true;
}

// Where it stands is said again only when that changed.
void BackendPool::stand_in_lines() {
  const bool primaries = any_primary_usable();
  for (const auto& member : members_) {
    const bool would_do = member->limited() && member->usable() && member->spec.backup != primaries;
    const std::uint64_t wish_ns = would_do ? waits_since(*member, primaries) : 0;
    if (wish_ns == member->in_line_ns) continue;
    if (wish_ns == 0) {
      leave_line(*member);
    } else {
      member->in_line_ns = wish_ns;
      bench_.outlook.quota->wait(member->spec.slot, wish_ns);
    }
  }
}

// Since when the first one waits that would take the usable member; 0: nobody does.
std::uint64_t BackendPool::waits_since(const Member& member, bool primaries) const {
  for (const BackendUser* user = queue_.front(); user != nullptr; user = WaitQueue::behind(*user)) {
    const Wish& wish = WaitQueue::wish_of(*user);
    const bool takes =
        wish.beside != nullptr
            ? may_rival(wish.beside->member(), member, wish, among_rivals(wish.beside->member(), wish))
            : !wish.tried_before(member) || (!wish.rules_out(member) && !any_untried(wish, primaries));
    if (takes) return WaitQueue::since_ns_of(*user);
  }
  return 0;
}

bool BackendPool::any_untried(const Wish& wish, bool primaries) const {
  return std::ranges::any_of(members_, [&](const auto& member) {
    return member->usable() && member->spec.backup != primaries && !wish.tried_before(*member);
  });
}

void BackendPool::leave_line(Member& member) {
  if (std::exchange(member.in_line_ns, 0) != 0) bench_.outlook.quota->stop_waiting(member.spec.slot);
}

// The member has a limit from now on, or none any more: its connections are counted, or not.
void BackendPool::count_connections(Member& member) {
  Quota& quota = *bench_.outlook.quota;
  const bool counted = member.limited();
  if (!counted) leave_line(member);
  for (const ConnectionList* list : {&member.busy, &member.idle, &member.parting}) {
    BackendConnection* next = list->empty() ? nullptr : &list->front();
    while (next != nullptr) {
      BackendConnection& connection = *std::exchange(next, next->next_);
      if (std::exchange(connection.has_slot_, counted) == counted) continue;
      if (counted) {
        quota.force(member.spec.slot);
      } else {
        quota.release(member.spec.slot);
      }
    }
  }
  quota.set_idle(member.spec.slot, counted ? member.idle.size() : 0);
}

}  // namespace demo
