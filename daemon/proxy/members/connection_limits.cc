#include "proxy/members/connection_limits.h"

namespace demo {

// An own unused connection is as good as a free slot, but not before those who have waited longer.
bool ConnectionLimits::has_slot(const Member& member, const Wish& wish) const {
  const std::uint32_t gate = member.spec.slot;
  if (wish.queued ? !quota_->is_first(gate) : quota_->anyone_waits(gate)) return false;
  return !member.idle.empty() || quota_->has_room(gate);
}

bool ConnectionLimits::has_free_slot(const Member& member) const {
  if (!member.limited()) return true;
  return !quota_->anyone_waits(member.spec.slot) && quota_->has_room(member.spec.slot);
}

// Where it stands is said again only when that changed.
void ConnectionLimits::stand_in_line(Member& member, std::uint64_t since_ns) {
  if (since_ns == member.in_line_ns) return;
  member.in_line_ns = since_ns;
  if (since_ns == 0) {
    quota_->stop_waiting(member.spec.slot);
  } else {
    quota_->wait(member.spec.slot, since_ns);
  }
}

}  // namespace demo
