#pragma once

#include "proxy/members/member.h"
#include "proxy/members/wish.h"
#include "quota/quota.h"

namespace demo {

// Whether members have room for a connection more, where their connections are limited: each that is open,
// idle ones included, has a slot of its member's gate, of which all workers together have so many. Asks and
// tells the quota, and opens or closes nothing.
class ConnectionLimits {
 public:
  // quota: outlives it. Null where no member may have a limit.
  explicit ConnectionLimits(Quota* quota) : quota_(quota) {}

  bool known() const { return quota_ != nullptr; }

  // A connection to the member may be had, an unused one included.
  bool has_room(const Member& member, const Wish& wish) const {
    return !member.limited() || has_slot(member, wish);
  }
  // A new connection to the member may be opened without closing an unused one for it.
  bool has_free_slot(const Member& member) const;
  // A slot for a new connection of who waits (queued), or of a newcomer: false when another worker was
  // faster.
  bool claim(const Member& member, bool queued) {
    return queued ? quota_->claim_in_turn(member.spec.slot) : quota_->claim(member.spec.slot);
  }
  // A connection that is open has a slot from now on, be there one or not.
  void force(const Member& member) { quota_->force(member.spec.slot); }
  // The connection that had the slot is closed, or its member has no limit any more.
  void release(const Member& member) { quota_->release(member.spec.slot); }

  // How many unused connections the member has changed.
  void note_idle(const Member& member) {
    quota_->set_idle(member.spec.slot, member.limited() ? member.idle.size() : 0);
  }
  // An unused connection is wanted in another worker, or one too many since the limit was lowered.
  bool wants_idle(const Member& member) const {
    return quota_->over(member.spec.slot) || quota_->lacks_elsewhere(member.spec.slot);
  }

  // This worker stands in the member's line for who waits since then (monotonic ns; 0: nobody).
  void stand_in_line(Member& member, std::uint64_t since_ns);

 private:
  bool has_slot(const Member& member, const Wish& wish) const;

  Quota* const quota_;
};

}  // namespace demo
