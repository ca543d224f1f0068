#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "balance/policies.h"
#include "config/backend_news.h"
#include "config/snapshot.h"
#include "config/status_set.h"
#include "http/request_head.h"
#include "proxy/backend_connection.h"
#include "proxy/backend_user.h"
#include "proxy/connection_limits.h"
#include "proxy/member.h"
#include "proxy/member_choice.h"
#include "proxy/pool_environment.h"
#include "proxy/retry_budget.h"
#include "proxy/wait_queue.h"
#include "proxy/wish.h"

namespace demo {

struct Dialled;

// The backends of one pool in one worker: chooses among them, lends their connections, keeps idle ones, lets
// users wait under max-connections, ejects and takes back. Owns its members and, through the slab, their
// connections.
class BackendPool {
 public:
  // The environment outlives it.
  BackendPool(PoolEnvironment& environment, std::string name);
  ~BackendPool();
  BackendPool(const BackendPool&) = delete;
  BackendPool& operator=(const BackendPool&) = delete;

  // Takes over a generation of settings and members; members that stay keep their connections.
  void apply(const SnapshotPool& settings);
  // The pool is gone from the snapshot: as apply() with no member.
  void remove_members();

  const std::string& name() const { return name_; }
  const PoolTimeouts& timeouts() const { return timeouts_; }
  SendProxyProtocol send_proxy_protocol() const { return send_proxy_protocol_; }
  BalancePolicy policy() const { return policy_; }
  // What of a request Wish::hash is made of.
  HashedPart hashed() const { return hashed_; }
  // What this pool of this daemon adds to CDN-Loop; empty: nothing. A request may pass several pools of one
  // daemon; one that comes back to the same pool would come back for ever.
  const std::string& loop_mark() const { return loop_mark_; }
  // Whether the request went through this pool before.
  bool was_passed_by(const RequestHead& head) const;
  // Whether a client that ended its side while it waits in the queue has left.
  bool abort_on_close() const { return abort_on_close_; }

  // See Loop::turn().
  std::uint64_t turn() const;

  // A connection for a user, which keeps it until release(). kQueued: the user's on_grant() is called later.
  Grant acquire(BackendUser& user, const Wish& wish);
  // The same for a further attempt: who waited beside its last connection keeps the place in the queue, where
  // there is nothing else.
  Grant acquire_again(BackendUser& user, const Wish& wish);
  // The user gives its connection back. reusable: the exchange left it at a clean message boundary.
  void release(BackendConnection& connection, bool reusable);
  // The user no longer waits; nothing happens if it did not.
  void leave_queue(BackendUser& user);
  // The user has waited too long: it leaves, and is counted at the member whose limit it waited for.
  void give_up_waiting(BackendUser& user);

  // How a request went, for ejection: only what speaks of the backend is a failure, nothing that a client can
  // bring about by what it asks for. why: for the notice, not kept. since_ns (monotonic): when the attempt
  // began.
  void report_success(Member& member) { member.record.succeeded(); }
  void report_failure(Member& member, std::string_view why, std::uint64_t since_ns);
  // The same of a connect that failed or timed out.
  void report_unreachable(Member& member, std::string_view why, std::uint64_t since_ns);
  // It answered, completely.
  void report_response(Member& member, unsigned status, std::uint64_t since_ns);

  void count_request();
  // Takes a further attempt from the budgets: connects cost a troubled backend little, requests much.
  bool may_connect_again();
  bool may_send_again();

  // Serves the queue and frees members that are gone. Called between turns of the loop when
  // the environment says so.
  void tidy();
  // Other workers may wait for what this one holds, or have given up what it waits for: tidy() is due.
  void hear_others();
  // No member is left, nobody waits.
  bool unused() const { return members_.empty() && leaving_.empty() && queue_.empty(); }
  void close_idle();
  // Asks a unix socket again whose queue was full; the user's time for a connect goes on.
  void connect_again(BackendConnection& connection);
  // Nobody has answered the connection for the attempt delay: another one is tried beside it.
  void challenge(BackendConnection& connection);
  // A connection that may have a rival is open, or failed.
  void settle(BackendConnection& connection);
  // The user's connection was not open in time. True: it is counted, and its rival goes on as the user's.
  bool time_out(BackendConnection& connection);
  // An idle connection ended, by whatever it was: closed and forgotten.
  void retire_idle(BackendConnection& connection);
  // The member sent a response that nobody had asked for: for a while none of its connections is kept, so
  // that none can come between a request and its answer.
  void distrust(Member& member);
  // Closes idle connections to the address, and keeps none before until_ns (monotonic).
  void keep_none_to(const Address& address, std::uint64_t until_ns);
  // Something came on a connection that waits for the backend's end.
  void hear_parting(BackendConnection& connection);
  // A connection to the member broke or was not made for a reason on this host (failed_here()): counted and
  // logged, and no failure of the member.
  void report_shortage(const Member& member, std::string_view what);
  // The ejection time of a member is over.
  void take_back(Member& member);
  // The timer of a member that was set aside: it may be tried again.
  void end_set_aside(Member& member);

 private:
  // What there is for a wish.
  struct Finding {
    Member* free = nullptr;  // it is secured: a connection to it may be taken now
    Member* full = nullptr;  // without a free one: whose limit is in the way. Null as well: none is usable
  };
  // may_wait: whether a place in the queue is an answer.
  Finding find(const Wish& wish, bool may_wait);
  Member* secure_one(const Wish& wish, Among among);
  Grant grant_from(Member& member, BackendUser& user, const Wish& wish);
  Grant open_connection(Member& member, BackendUser& user, const Wish& wish);
  BackendConnection& add_connection(Member& member, Dialled dialled, BackendUser& user, bool has_slot);
  // A connection to the member serves a request from now on; detach() ends that.
  void begin_request(Member& member) {
    ++member.active;
    member.stats.requests_active.add();
    choice_.note_load(member);
  }

  // The race of two address families: backend_pool_race.cc
  // Whether other is a usable member of the same backend and the other family, as far as tried ones go.
  static bool may_rival(const Member& member, const Member& other, const Wish& wish, Among among);
  // Untried ones while there are any.
  Among among_rivals(const Member& member, const Wish& wish) const;
  bool has_rival(const Member& member, const Wish& wish, Among among) const;
  // Opens a connection beside the first one, in a slot of the member where it is limited; false: it cannot be
  // had now.
  bool open_challenger(Member& member, BackendConnection& first);
  // Who waits in the queue beside a connection has its turn: free is secured; null when nobody is left.
  void challenge_in_turn(BackendConnection& connection, Member* free);
  // It is tried once more after the attempt delay.
  void challenge_later(BackendConnection& connection);
  // What there is for a challenger of the connection that the wish stands beside.
  Finding find_rival(const Wish& wish);
  // Who was to be challenged is served by an idle connection of the other family.
  void end_race(BackendConnection& connection, BackendConnection& idle);
  // Nobody races against the connection, or not yet.
  static void go_alone(BackendConnection& connection);
  // The member gets no requests any more: challengers are none yet.
  void drop_challengers(Member& member);
  // The member's family has answered.
  void hear_family(const Member& member);
  // The connection is under way: when it may be challenged.
  void await_answer(BackendConnection& connection, const Wish& wish);
  void leave_race(BackendConnection& connection);
  // One of two connections that race came to nothing, with a failure or in silence: counted.
  void blame_racer(const BackendConnection& lost, bool timed_out);
  // One of two connections that race is closed; the other one, the user's from now on, goes on.
  void go_on_without(BackendConnection& lost);
  void promote(BackendConnection& challenger);
  void set_aside(const Member& silent);
  // What was remembered of the member's backend is forgotten.
  void forget_families(const Member& member);
  // The same when the member is of the family that answered: it fails now, or is out.
  void doubt_family(const Member& member);
  void note_families();
  void join_siblings();

  // Limits: backend_pool_limits.cc
  // A connection to the member may be taken or opened now: false when another worker was faster.
  bool secure(Member& member, const Wish& wish) { return !member.limited() || secure_slot(member, wish); }
  bool secure_slot(Member& member, const Wish& wish);
  bool claim_free_slot(const Member& member);
  void give_slot_back(Member& member);
  void note_idle(Member& member);
  void yield_idle(Member& member);
  void stand_in_lines();
  std::uint64_t waits_since(const Member& member) const;
  bool any_untried(const Wish& wish) const;

  void take_idle(BackendConnection& connection, BackendUser& user);
  void retire(BackendConnection& connection);
  // Closes a connection that serves nobody any more at the least cost; see Parting.
  void part(BackendConnection& connection);
  // Takes it out of its list and of the figures of its state.
  void detach(BackendConnection& connection);
  void close_idle_of(Member& member);
  void leave(std::unique_ptr<Member> member);
  void update(Member& member, const SnapshotMember& spec);
  // To whom it may concern outside; time: of what lasts.
  void tell(const Member& member, BackendNews news, std::string_view why,
            std::chrono::milliseconds time = std::chrono::milliseconds(0));
  // Of one that gets no requests any more; tells.
  void end_ejection(Member& member, std::string_view why);
  void cut(Member& member);
  bool only_usable(const Member& member) const;
  // Counts and logs what the host lacks for a connection.
  Grant no_resources(Member& member, int error_number);

  PoolEnvironment& environment_;
  const std::string name_;
  std::string loop_mark_;
  BalancePolicy policy_ = BalancePolicy::kRoundRobin;
  HashedPart hashed_ = HashedPart::kNothing;
  SendProxyProtocol send_proxy_protocol_ = SendProxyProtocol::kOff;
  Ejection ejection_;
  StatusSet ejection_statuses_;
  PoolTimeouts timeouts_;
  std::chrono::milliseconds slow_start_{0};
  unsigned queue_limit_ = 0;
  bool abort_on_close_ = true;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<std::unique_ptr<Member>> leaving_;  // gone from the snapshot, with exchanges in flight
  ConnectionLimits limits_;
  MemberChoice choice_;
  WaitQueue queue_;
  bool limited_ = false;       // a member is
  bool in_lines_ = false;      // of a member's
  bool slot_secured_ = false;  // for the connection that is opened next
  RetryBudget connect_budget_;
  RetryBudget send_budget_;
  std::uint64_t logged_ns_ = 0;
};

}  // namespace demo
