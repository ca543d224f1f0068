#pragma once

#include "proxy/connections/backend_connection.h"
#include "proxy/connections/pool_connections.h"
#include "proxy/connections/pool_environment.h"
#include "proxy/connections/wait_queue.h"
#include "proxy/members/connection_limits.h"
#include "proxy/members/retry_budget.h"
#include "proxy/members/wish.h"
#include "proxy/pool/finding.h"
#include "proxy/pool/member_families.h"
#include "proxy/pool/member_judge.h"

namespace demo {

// The races of two address families in one pool: see family_race.cc. Owns nothing; a racing connection is its
// user's as any other one.
class FamilyRace {
 public:
  // What is borrowed outlives it. connects: of the pool, for connects beside others.
  FamilyRace(PoolEnvironment& environment, const ConnectionLimits& limits, WaitQueue& queue,
             RetryBudget& connects, PoolConnections& connections, MemberFamilies& families,
             MemberJudge& judge)
      : environment_(environment),
        limits_(limits),
        queue_(queue),
        connects_(connects),
        connections_(connections),
        families_(families),
        judge_(judge) {}

  // The connection is under way: when it may be challenged.
  void await(BackendConnection& connection, const Wish& wish);
  // Nobody has answered the connection for the attempt delay: another one is tried beside it.
  void challenge(BackendConnection& connection);
  // What there is for a challenger of the connection that the wish stands beside.
  Finding find_rival(const Wish& wish);
  // Who waits in the queue beside a connection has its turn: free is secured; null when nobody is left.
  void challenge_in_turn(BackendConnection& connection, Member* free);
  // A connection that may have a rival is open, or failed.
  void settle(BackendConnection& connection);
  // The user's connection was not open in time. True: it is counted, and its rival goes on as the user's.
  bool time_out(BackendConnection& connection);
  // One of two connections that race is closed; the other one, the user's from now on, goes on.
  void go_on_without(BackendConnection& lost);
  // The connection, which is under way, is about to be given up by its user.
  void leave(BackendConnection& connection);
  // The member gets no requests any more: challengers are none yet.
  void drop_challengers(Member& member);

 private:
  // Nobody races against the connection, or not yet.
  static void go_alone(BackendConnection& connection);
  // Opens a connection beside the first one, in a slot of the member where it is limited; false: it cannot be
  // had now.
  bool open_challenger(Member& member, BackendConnection& first);
  // It is tried once more after the attempt delay.
  void challenge_later(BackendConnection& connection);
  // Who was to be challenged is served by an idle connection of the other family.
  void end_race(BackendConnection& connection, BackendConnection& idle);
  // One of two connections that race came to nothing, with a failure or in silence: counted.
  void blame_racer(const BackendConnection& lost, bool timed_out);
  void promote(BackendConnection& challenger);
  void retire(BackendConnection& connection);

  PoolEnvironment& environment_;
  const ConnectionLimits& limits_;
  WaitQueue& queue_;
  RetryBudget& connects_;
  PoolConnections& connections_;
  MemberFamilies& families_;
  MemberJudge& judge_;
};

}  // namespace demo
