#pragma once

#include <utility>

#include "proxy/connections/backend_connection.h"
#include "proxy/connections/backend_user.h"
#include "proxy/connections/dialled.h"
#include "proxy/connections/pool_environment.h"
#include "proxy/connections/wait_queue.h"
#include "proxy/members/connection_limits.h"
#include "proxy/members/member.h"
#include "proxy/members/member_choice.h"
#include "proxy/members/wish.h"

namespace demo {

// The connections to the members of one pool: lends, keeps and closes them, and takes and gives back their
// slots where a member is limited. Through the environment's slab it owns them; whether they race is not its
// business (see FamilyRace).
class PoolConnections {
 public:
  // What is borrowed outlives it.
  PoolConnections(PoolEnvironment& environment, ConnectionLimits& limits, MemberChoice& choice,
                  const WaitQueue& queue)
      : environment_(environment), limits_(limits), choice_(choice), queue_(queue) {}

  // A connection to the member serves a request from now on, until it is given back.
  void begin_request(Member& member) {
    ++member.active;
    member.stats.requests_active.add();
    choice_.note_load(member);
  }
  // An idle connection is the user's.
  void take_idle(BackendConnection& connection, BackendUser& user);
  // The same of a new one. has_slot: it is counted against its member's limit.
  BackendConnection& add(Member& member, Dialled dialled, BackendUser& user, bool has_slot);
  // The queue of a unix socket is full: connect_again() after a while. Not watched before it is connected:
  // epoll takes it for one that has ended.
  void leave_alone(BackendConnection& connection);
  // Asks again; the user's time for a connect goes on.
  void connect_again(BackendConnection& connection);

  // Its user gave it back at a clean message boundary: whether it may be kept for another one.
  bool may_keep(const BackendConnection& connection) const;
  void keep(BackendConnection& connection);
  // Closes a connection that serves nobody any more at the least cost; see Parting.
  void part(BackendConnection& connection);
  // Something came on a connection that waits for the backend's end.
  void hear_parting(BackendConnection& connection);
  // An idle connection ended, by whatever it was: closed and forgotten.
  void retire_idle(BackendConnection& connection);
  void retire(BackendConnection& connection);
  void close_idle_of(Member& member);

  // A connection to the member may be taken or opened now: false when another worker was faster.
  bool secure(Member& member, const Wish& wish) { return !member.limited() || secure_slot(member, wish); }
  // Whether secure() has taken a slot for the connection that is opened next; it is the caller's then.
  bool take_secured_slot() { return std::exchange(slot_secured_, false); }
  bool claim_free_slot(const Member& member);
  void give_slot_back(Member& member);
  // The member has a limit from now on, or none any more: its connections are counted, or not.
  void count(Member& member);
  // Some time after a choice, and before the next one: fetches what the member that is probably next works
  // with.
  void fetch_ahead() const;
  // What is idle here and wanted in another worker, or beyond a lowered limit, is closed.
  void yield_idle(Member& member);

 private:
  // Takes it out of its list and of the figures of its state.
  void detach(BackendConnection& connection);
  bool secure_slot(Member& member, const Wish& wish);
  void note_idle(Member& member);

  PoolEnvironment& environment_;
  ConnectionLimits& limits_;
  MemberChoice& choice_;
  const WaitQueue& queue_;
  bool slot_secured_ = false;  // for the connection that is opened next
};

}  // namespace demo
