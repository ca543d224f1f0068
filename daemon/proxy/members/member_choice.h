#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "config/pool.h"
#include "event/loop.h"
#include "proxy/members/connection_limits.h"
#include "proxy/members/member.h"
#include "proxy/members/member_tier.h"
#include "proxy/members/wish.h"
#include "proxy/settings/proxy_outlook.h"

namespace demo {

// Which member of a pool a request gets: a primary by the pool's policy, a backup when no primary is usable.
// Whoever changes what Member::usable() goes by says so here. Owns no member.
class MemberChoice {
 public:
  // What is borrowed outlives it. worker: index.
  MemberChoice(const Loop& loop, const ProxyOutlook& outlook, const ConnectionLimits& limits, unsigned worker)
      : loop_(loop), primaries_(loop, outlook, limits, worker), backups_(loop, outlook, limits, worker) {}

  // Chooses among these from now on. Those that it had before may be gone afterwards. slow_start: how long a
  // member's weight grows.
  void configure(BalancePolicy policy, std::chrono::milliseconds slow_start,
                 std::span<const std::unique_ptr<Member>> members);
  // The member is usable or is not any more, or its weight changed.
  void refresh(Member& member);
  // The member has another number of requests in flight.
  void note_load(const Member& member) {
    if (member.standing.index != Standing::kNowhere) tier_of(member).note_load(member);
  }
  // A slot of the member is free, or an unused connection.
  void note_room(Member& member) {
    if (member.standing.full_index != Standing::kNowhere) tier_of(member).note_room(member);
  }
  // This worker stands in the lines of full members anew.
  void note_lines() {
    primaries_.note_lines();
    backups_.note_lines();
  }

  // One with room for a connection; null: there is none.
  Member* choose(const Wish& wish, Among among);
  // MemberTier::ahead() of those that get requests now.
  const Member* ahead() const { return (primaries_.usable() > 0 ? primaries_ : backups_).ahead(); }
  // One without. Precondition: choose() of the same has just found none.
  Member* choose_full(const Wish& wish, Among among) { return tier().choose_full(wish, among); }

  // Members that are usable, room aside.
  std::size_t usable() const { return primaries_.usable() + backups_.usable(); }
  // Whether the member is of those that get requests now, as far as primaries and backups go.
  bool is_in_turn(const Member& member) const { return member.spec.backup != (primaries_.usable() > 0); }

 private:
  MemberTier& tier() { return primaries_.usable() > 0 ? primaries_ : backups_; }
  MemberTier& tier_of(const Member& member) { return member.standing.backup ? backups_ : primaries_; }
  const MemberTier& tier_of(const Member& member) const {
    return member.standing.backup ? backups_ : primaries_;
  }
  void let_grow();
  unsigned weight_of(const Member& member) const;
  void ramp(Member& member);
  void end_ramp(Member& member);

  const Loop& loop_;
  MemberTier primaries_;
  MemberTier backups_;
  std::vector<Member*> ramping_;  // not owned; those whose weight grows
  std::size_t looked_at_ = 0;     // in ramping_
  std::chrono::milliseconds slow_start_{0};
};

}  // namespace demo
