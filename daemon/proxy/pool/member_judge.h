#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/backend_news.h"
#include "config/pool.h"
#include "config/status_set.h"
#include "proxy/connections/pool_connections.h"
#include "proxy/connections/pool_environment.h"
#include "proxy/connections/wait_queue.h"
#include "proxy/members/member.h"
#include "proxy/members/member_choice.h"
#include "proxy/pool/member_families.h"

namespace demo {

// Judges the members of one pool by how requests to them go: ejects them and takes them back, distrusts who
// answers unasked, counts what is this host's fault and not theirs, and tells of all that. Owns no member.
class MemberJudge {
 public:
  // What is borrowed outlives it. pool: its name.
  MemberJudge(PoolEnvironment& environment, const std::string& pool, const MemberFamilies::Members& members,
              MemberChoice& choice, PoolConnections& connections, MemberFamilies& families,
              const WaitQueue& queue)
      : environment_(environment),
        pool_(pool),
        members_(members),
        choice_(choice),
        connections_(connections),
        families_(families),
        queue_(queue) {}

  // By these rules from now on.
  void configure(const Ejection& ejection);

  // How a request went, for ejection: only what speaks of the backend is a failure, nothing that a client can
  // bring about by what it asks for. why: for the notice, not kept. since_ns (monotonic): when the attempt
  // began.
  void report_success(Member& member) { member.record.succeeded(); }
  void report_failure(Member& member, std::string_view why, std::uint64_t since_ns);
  // The same of a connect that failed or timed out.
  void report_unreachable(Member& member, std::string_view why, std::uint64_t since_ns);
  // It answered, completely.
  void report_response(Member& member, unsigned status, std::uint64_t since_ns);
  // A connection to the member broke or was not made for a reason on this host (failed_here()): counted and
  // logged, and no failure of the member.
  void report_shortage(const Member& member, std::string_view what);

  // The worker before this one put the member out, at this failure in a row and for this time from now on: so
  // does this one, by the same rules.
  void keep_out(Member& member, std::string_view why, std::uint64_t failures, std::chrono::milliseconds left);
  // The ejection time of a member is over.
  void take_back(Member& member);
  // Of one that gets no requests any more; tells.
  void end_ejection(Member& member, std::string_view why);

  // The member sent a response that nobody had asked for: for a while none of its connections is kept, so
  // that none can come between a request and its answer.
  void distrust(Member& member);
  // Another worker has found that out: no connection is kept before until_ns (monotonic), idle ones close.
  void keep_none_to(Member& member, std::uint64_t until_ns);

 private:
  bool may_eject(const Member& member);
  // Of one whose record has just put it out.
  void put_out(Member& member, std::string_view why);
  bool only_usable(const Member& member);
  // To whom it may concern outside; time: of what lasts.
  void tell(const Member& member, BackendNews news, std::string_view why,
            std::chrono::milliseconds time = std::chrono::milliseconds(0));

  PoolEnvironment& environment_;
  const std::string& pool_;
  const MemberFamilies::Members& members_;
  MemberChoice& choice_;
  PoolConnections& connections_;
  MemberFamilies& families_;
  const WaitQueue& queue_;
  Ejection ejection_;
  StatusSet ejection_statuses_;
  std::uint64_t logged_ns_ = 0;
  std::size_t another_ = 0;  // in members_: one that was usable when only_usable() looked last
};

}  // namespace demo
