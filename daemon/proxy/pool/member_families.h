#pragma once

#include <memory>
#include <vector>

#include "proxy/connections/pool_environment.h"
#include "proxy/connections/wait_queue.h"
#include "proxy/members/member.h"
#include "proxy/members/member_choice.h"
#include "proxy/members/wish.h"

namespace demo {

// The address families of the backends of one pool: which member is of whose backend, may be tried beside
// which other one, and whose family has been silent and is set aside. Owns no member.
class MemberFamilies {
 public:
  using Members = std::vector<std::unique_ptr<Member>>;

  // What is borrowed outlives it. leaving: who is not in the snapshot any more.
  MemberFamilies(PoolEnvironment& environment, const Members& members, const Members& leaving,
                 MemberChoice& choice, const WaitQueue& queue)
      : environment_(environment), members_(members), leaving_(leaving), choice_(choice), queue_(queue) {}

  // Whether other is a usable member of the same backend and the other family, as far as tried ones go.
  static bool may_rival(const Member& member, const Member& other, const Wish& wish, Among among);
  // Untried ones while there are any.
  Among among_rivals(const Member& member, const Wish& wish) const;
  bool has_rival(const Member& member, const Wish& wish, Among among) const;

  // The other family of its backend answered while it was silent.
  void set_aside(const Member& silent);
  // The timer of a member that was set aside: it may be tried again.
  void end_set_aside(Member& member);
  // The member's family has answered.
  void hear(const Member& member);
  // What was remembered of the member's backend is forgotten when the member is of the family that answered:
  // it fails now, or is out.
  void doubt(const Member& member);

  // The members are others.
  void join_siblings();
  // The same; none of those set aside may be the last of its backend.
  void note();

 private:
  // What was remembered of the member's backend is forgotten.
  void forget(const Member& member);

  PoolEnvironment& environment_;
  const Members& members_;
  const Members& leaving_;
  MemberChoice& choice_;
  const WaitQueue& queue_;
};

}  // namespace demo
