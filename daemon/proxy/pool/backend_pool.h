#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "balance/policies.h"
#include "config/snapshot.h"
#include "http/request_head.h"
#include "proxy/connections/backend_connection.h"
#include "proxy/connections/backend_user.h"
#include "proxy/connections/pool_connections.h"
#include "proxy/connections/pool_environment.h"
#include "proxy/connections/wait_queue.h"
#include "proxy/members/connection_limits.h"
#include "proxy/members/member.h"
#include "proxy/members/member_choice.h"
#include "proxy/members/retry_budget.h"
#include "proxy/members/wish.h"
#include "proxy/pool/family_race.h"
#include "proxy/pool/finding.h"
#include "proxy/pool/member_families.h"
#include "proxy/pool/member_judge.h"

namespace demo {

// The backends of one pool in one worker: gives who asks a connection to one of them, or a place in the queue
// under max-connections. Owns its members, and those whom it has for their connections, their families, their
// races and for judging them.
class BackendPool final : public MemberOwner {
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

  // How requests to its members went, for who knows.
  MemberJudge& judge() { return judge_; }
  // For who waits for a connect.
  FamilyRace& race() { return race_; }

  void count_request();
  // While a request that was just sent is on its way: see PoolConnections.
  void fetch_ahead() const { connections_.fetch_ahead(); }
  // Takes a further attempt from the budgets: connects cost a troubled backend little, requests much.
  bool may_connect_again();
  bool may_send_again();

  // Serves the queue and frees members that are gone. Called between turns of the loop when the environment
  // says so.
  void tidy();
  // Other workers may wait for what this one holds, or have given up what it waits for: tidy() is due.
  void hear_others();
  // No member is left, nobody waits.
  bool unused() const { return members_.empty() && leaving_.empty() && queue_.empty(); }
  void close_idle();
  // Closes idle connections to the address, and keeps none before until_ns (monotonic).
  void keep_none_to(const Address& address, std::uint64_t until_ns);
  // The worker before this one has ejected an address of a backend: MemberJudge::keep_out().
  void keep_out(const MemberNotice& ejection);

 private:
  void on_ejection_over(Member& member) override { judge_.take_back(member); }
  void on_set_aside_over(Member& member) override { families_.end_set_aside(member); }
  void on_stray_response(Member& member) override { judge_.distrust(member); }
  void on_race_decided(BackendConnection& connection) override { race_.settle(connection); }
  void on_connect_due(BackendConnection& connection) override {
    connection.races_ ? race_.challenge(connection) : connections_.connect_again(connection);
  }
  void on_rest_over(BackendConnection& connection) override { connections_.retire_idle(connection); }
  void on_parting_heard(BackendConnection& connection) override { connections_.hear_parting(connection); }

  // may_wait: whether a place in the queue is an answer.
  Finding find(const Wish& wish, bool may_wait);
  Member* secure_one(const Wish& wish, Among among);
  Grant grant_from(Member& member, BackendUser& user, const Wish& wish);
  Grant open_connection(Member& member, BackendUser& user, const Wish& wish);
  // Counts and logs what the host lacks for a connection.
  Grant no_resources(Member& member, int error_number);

  // Limits: backend_pool_limits.cc
  void stand_in_lines();
  std::uint64_t waits_since(const Member& member) const;
  bool any_untried(const Wish& wish) const;

  // Members: backend_pool_members.cc
  void leave(std::vector<std::unique_ptr<Member>> gone);
  void update(Member& member, const SnapshotMember& spec);
  void cut(Member& member);

  PoolEnvironment& environment_;
  const std::string name_;
  std::string loop_mark_;
  BalancePolicy policy_ = BalancePolicy::kRoundRobin;
  HashedPart hashed_ = HashedPart::kNothing;
  SendProxyProtocol send_proxy_protocol_ = SendProxyProtocol::kOff;
  PoolTimeouts timeouts_;
  std::chrono::milliseconds slow_start_{0};
  bool abort_on_close_ = true;
  MemberFamilies::Members members_;
  MemberFamilies::Members leaving_;  // gone from the snapshot, with exchanges in flight
  ConnectionLimits limits_;
  MemberChoice choice_;
  WaitQueue queue_;
  bool limited_ = false;   // a member is
  bool in_lines_ = false;  // of a member's
  RetryBudget connect_budget_;
  RetryBudget send_budget_;
  PoolConnections connections_;
  MemberFamilies families_;
  MemberJudge judge_;
  FamilyRace race_;
};

}  // namespace demo
