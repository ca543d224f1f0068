#include "proxy/pool/grant_trace.h"

#include <string>

#include "base/result.h"
#include "config/pool.h"
#include "net/connection_trace.h"
#include "proxy/members/member.h"

namespace demo {
namespace {

std::string text_of(const Member& member) {
  return fmt::format("{} ({})", member.spec.name(), member.spec.address.to_string());
}

}  // namespace

[[gnu::cold]] void trace_grant(int client, const BackendPool& pool, const Grant& grant, unsigned attempt) {
  const std::string by =
      fmt::format("pool {}, {}, attempt {}", pool.name(), to_string(pool.policy()), attempt);
  switch (grant.outcome) {
    case GrantOutcome::kConnected:
      return trace(client, "{}: {}, {}", by, text_of(*grant.member),
                   grant.connection->reused() ? "a pooled connection" : "a new connection, open at once");
    case GrantOutcome::kConnecting:
      return trace(client, "{}: {}, connecting", by, text_of(*grant.member));
    case GrantOutcome::kQueued:
      return trace(client, "{}: waits for room at {}", by, text_of(*grant.member));
    case GrantOutcome::kQueueFull:
      return trace(client, "{}: {} is at its limit and the queue is full", by, text_of(*grant.member));
    case GrantOutcome::kNoBackend:
      return trace(client, "{}: no backend is usable", by);
    case GrantOutcome::kConnectFailed:
      return trace(client, "{}: {} cannot be reached: {}", by, text_of(*grant.member),
                   errno_text(grant.error_number));
    case GrantOutcome::kNoResources:
      return trace(client, "{}: nothing left for a connection to {}: {}", by, text_of(*grant.member),
                   errno_text(grant.error_number));
  }
}

[[gnu::cold]] void trace_change(int client, const BackendConnection& before, const BackendConnection& now) {
  const bool failed = before.state() == BackendConnection::State::kFailed;
  trace(client, "{} {}, goes on with {}", text_of(before.member()),
        failed ? errno_text(before.error_number()) : std::string("has not answered"), text_of(now.member()));
}

}  // namespace demo
