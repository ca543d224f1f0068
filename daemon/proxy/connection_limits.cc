#include "proxy/connection_limits.h"

#include <utility>

#include "proxy/backend_connection.h"

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

void ConnectionLimits::count_connections(Member& member) {
  const bool counted = member.limited();
  if (!counted) stand_in_line(member, 0);
  for (const ConnectionList* list : {&member.busy, &member.idle, &member.parting}) {
    BackendConnection* next = list->empty() ? nullptr : &list->front();
    while (next != nullptr) {
      BackendConnection& connection = *std::exchange(next, next->next_);
      if (std::exchange(connection.has_slot_, counted) == counted) continue;
      if (counted) {
        quota_->force(member.spec.slot);
      } else {
        quota_->release(member.spec.slot);
      }
    }
  }
  quota_->set_idle(member.spec.slot, counted ? member.idle.size() : 0);
}

}  // namespace demo
