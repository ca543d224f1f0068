#pragma once

#include <cstdint>
#include <string_view>

#include "event/loop.h"
#include "proxy/connections/backend_user.h"
#include "proxy/members/retry_policy.h"
#include "proxy/members/tried_members.h"
#include "proxy/pool/backend_pool.h"
#include "stats/stats_page.h"

namespace demo {

// Who wants a backend connection, as its search sees it. Any of the calls may end the search.
class BackendSeeker {
 public:
  // The queue came to it; the search holds the connection, if there is one.
  virtual void on_grant(const Grant& grant) = 0;
  // The search holds another connection from now on, see BackendUser. before is there until the call returns.
  // It may call nothing yet.
  virtual void on_connection_changed(const BackendConnection& before) = 0;
  virtual void on_backend_event() = 0;
  virtual void on_backend_cut() = 0;

 protected:
  BackendSeeker() = default;
  ~BackendSeeker() = default;
};

// How one request, or one connection in tcp mode, comes to a backend connection: asks the pool, remembers
// whom it has tried, judges failures, and says whether there is a further attempt. Holds the connection
// meanwhile. Owned by its seeker, which decides when to ask.
class BackendSearch final : public BackendUser {
 public:
  // What is borrowed outlives it.
  BackendSearch(const Loop& loop, BackendSeeker& seeker) : loop_(loop), seeker_(seeker) {}
  // Leaves the queue, and closes the connection that it holds.
  ~BackendSearch() { end(); }

  // hash: see BackendPool::hashed(). fresh: no pooled connection. The pool outlives the search from here on.
  void begin(BackendPool& pool, std::uint64_t hash, bool fresh);
  // Null before begin().
  BackendPool* pool() const { return pool_; }
  // Null: it holds none.
  BackendConnection* connection() const { return connection_; }
  // Made so far.
  unsigned attempts() const { return attempts_; }
  // It has a place in the queue, be it beside a connection.
  bool waits_in_line() const { return WaitQueue::member_of(*this) != nullptr; }
  // Precondition: it waits in line. Monotonic.
  std::uint64_t in_line_since_ns() const { return WaitQueue::since_ns_of(*this); }
  std::uint64_t attempt_ns() const override { return attempt_ns_; }

  // One attempt: asks the pool. Precondition: begun, no connection is held.
  Grant seek();
  // What the attempt wanted is there: its time begins anew.
  void begin_request() { attempt_ns_ = loop_.now_ns(); }

  // This host lacks what a connection to the member takes. Whether another one may be sought, none that was
  // tried before: ports run out towards one backend at a time. To ask for the same again would be in vain,
  // and dear: the kernel looks through the whole range.
  bool fail_here(Member& member);
  // What of the request counts for another attempt; as in AttemptFacts.
  struct Repeatable {
    bool idempotent = false;
    bool anything_sent = false;
    bool replayable = true;
  };
  // The attempt at the member failed: counts and reports it. Whether there is another one, which then begins.
  // Give the connection back next. error_number: errno of a connect that failed.
  bool fail(AttemptFailure failure, Member& member, int error_number, const Repeatable& request);
  // What the backend of the connection did after that was a failure of its own, for which there is no further
  // attempt: counts it in this figure and reports it. why: as for MemberJudge::report_failure().
  void blame(Counter BackendStats::*figure, std::string_view why);
  // The connection was cut off while it waits in line for one beside it: whether it goes on waiting, without
  // a connection.
  bool outlives_cut();

  // See BackendPool::release(); nothing happens when it holds none.
  void give_back(bool reusable);
  void leave_queue();
  // It has waited too long.
  void give_up_waiting() { pool_->give_up_waiting(*this); }
  void end() {
    leave_queue();
    give_back(false);
  }

 private:
  void on_grant(const Grant& grant) override;
  Wish wish() const override { return {hash_, tried_.empty() ? nullptr : &tried_, fresh_, others_only_}; }
  void on_racer_failed(const BackendConnection& failed, bool timed_out) override;
  void on_connection_changed(BackendConnection& connection) override;
  void on_backend_event() override { seeker_.on_backend_event(); }
  void on_backend_cut() override { seeker_.on_backend_cut(); }

  void report(AttemptFailure failure, Member& member, int error_number);
  bool reused() const { return connection_ != nullptr && connection_->reused(); }

  const Loop& loop_;
  BackendSeeker& seeker_;
  BackendPool* pool_ = nullptr;              // not owned
  BackendConnection* connection_ = nullptr;  // not owned; lent by the pool
  TriedMembers tried_;
  std::uint64_t hash_ = 0;
  std::uint64_t attempt_ns_ = 0;  // see BackendUser::attempt_ns()
  unsigned attempts_ = 0;
  bool fresh_ = false;        // no pooled connection for the next attempt
  bool others_only_ = false;  // no member twice
};

}  // namespace demo
