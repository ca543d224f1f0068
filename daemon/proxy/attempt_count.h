#pragma once

#include "proxy/backend_user.h"
#include "proxy/member.h"
#include "proxy/wish.h"

namespace demo {

// Counts an attempt at a backend where the same request has failed before: it is one request that fails
// there, however often it is tried.
inline void count_again(const TriedMembers& tried, const Grant& grant) {
  if (grant.outcome == GrantOutcome::kNoResources || grant.outcome == GrantOutcome::kQueued) return;
  if (grant.member != nullptr && tried.has_itself(*grant.member)) grant.member->stats.attempts_again.add();
}

// The same of a connection that failed while another one races for the request.
inline void count_again(const TriedMembers& tried, const Member& failed) {
  if (tried.has_itself(failed)) failed.stats.attempts_again.add();
}

}  // namespace demo
