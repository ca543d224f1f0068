#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "balance/balancer.h"
#include "config/pool.h"
#include "event/loop.h"
#include "proxy/members/connection_limits.h"
#include "proxy/members/member.h"
#include "proxy/members/wish.h"
#include "proxy/settings/proxy_outlook.h"

namespace demo {

// Which members come into question for a wish, as far as tried ones go.
enum class Among : std::uint8_t { kUntried, kAll };

// Whether it is not to be chosen.
inline bool avoids(const Wish& wish, Among among, const Member& member) {
  return among == Among::kAll ? wish.rules_out(member) : wish.tried_before(member);
}

// The primaries of a pool, or its backups: those among which the pool's policy chooses. What a choice goes by
// is kept up to date as it changes, so that choosing costs no look at all members. Owns nothing but the
// policy.
class MemberTier final : private MemberLoads {
 public:
  // What is borrowed outlives it. worker: index.
  MemberTier(const Loop& loop, const ProxyOutlook& outlook, const ConnectionLimits& limits, unsigned worker);

  // Forgets the members it had, which may be gone after.
  void clear();
  // Adds one of the members it shall have; then comes configure().
  void add(Member& member);
  // Chooses by the policy among the members from now on. None is in it until set_weight().
  void configure(BalancePolicy policy);

  // Members that are usable, room aside.
  std::size_t usable() const { return usable_; }
  // Who is probably chosen next, fetched when the last one was; null: nobody knows, or they are few.
  const Member* ahead() const { return ahead_; }

  // The weight in force, times kWeightScale; 0: not usable.
  void set_weight(Member& member, unsigned weight);
  void note_load(const Member& member) {
    balancer_->set_load(member.standing.index, member.active + member.load_elsewhere);
  }
  // A member that had no room may have some.
  void note_room(Member& member);
  // Those that wait may have room where there was none: this worker stands in lines anew.
  void note_lines() { looked_at_all_ns_ = {}; }

  // One with room; null: there is none.
  Member* choose(const Wish& wish, Among among);
  // One without room, another one each time, so that a shortage is counted at all of them. Precondition:
  // choose() of the same has just found none.
  Member* choose_full(const Wish& wish, Among among);

 private:
  std::uint64_t of(std::size_t index) override;
  void prefetch(std::size_t index) override;
  Member* pick(const Wish& wish, Among among);
  void note_full(Member& member);
  void fetch_ahead();
  bool find_room(const Wish& wish, std::size_t looks);
  bool may_look_at_all(const Wish& wish);

  const Loop& loop_;
  const ProxyOutlook& outlook_;
  const ConnectionLimits& limits_;
  const unsigned worker_;
  BalancePolicy policy_ = BalancePolicy::kRoundRobin;
  std::unique_ptr<Balancer> balancer_;
  std::vector<Member*> members_;
  std::vector<Member*> full_;     // those without room when last looked at; the policy does not know of them
  std::vector<Member*> avoided_;  // by one choice; kept to spare allocations
  std::size_t usable_ = 0;
  const Member* ahead_ = nullptr;
  std::size_t looked_at_ = 0;  // in full_, by choose()
  // When all full ones were looked at, monotonic: for newcomers, and for those that wait. 0: long ago.
  std::array<std::uint64_t, 2> looked_at_all_ns_{};
  std::size_t named_ = 0;  // in full_, by choose_full()
};

}  // namespace demo
