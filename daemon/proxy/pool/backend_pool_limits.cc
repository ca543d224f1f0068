#include <algorithm>

#include "proxy/pool/backend_pool.h"

// How a pool keeps its members' limits together with the other workers. Each connection that is open, idle
// ones included, has a slot of its member's gate; users wait in the pool's queue, and the pool stands in the
// line of every member that would do, for the user that has waited longest for it.
namespace demo {

void BackendPool::hear_others() {
  if (!limited_) return;
  for (const auto& member : members_) {
    if (member->limited()) connections_.yield_idle(*member);
  }
  if (!queue_.empty()) environment_.queues_due = true;
}

void BackendPool::stand_in_lines() {
  // In no line, and nobody waits.
  if (!in_lines_ && queue_.empty()) return;
  in_lines_ = false;
  for (const auto& member : members_) {
    const bool would_do = member->limited() && member->usable() && choice_.is_in_turn(*member);
    limits_.stand_in_line(*member, would_do ? waits_since(*member) : 0);
    in_lines_ = in_lines_ || member->in_line_ns != 0;
  }
  choice_.note_lines();
}

// Since when the first one waits that would take the usable member; 0: nobody does.
std::uint64_t BackendPool::waits_since(const Member& member) const {
  for (const BackendUser& user : queue_) {
    const Wish& wish = WaitQueue::wish_of(user);
    const bool takes = wish.beside != nullptr
                           ? MemberFamilies::may_rival(wish.beside->member(), member, wish,
                                                       families_.among_rivals(wish.beside->member(), wish))
                           : !wish.tried_before(member) || (!wish.rules_out(member) && !any_untried(wish));
    if (takes) return WaitQueue::since_ns_of(user);
  }
  return 0;
}

bool BackendPool::any_untried(const Wish& wish) const {
  return std::ranges::any_of(members_, [&](const auto& member) {
    return member->usable() && choice_.is_in_turn(*member) && !wish.tried_before(*member);
  });
}

}  // namespace demo
