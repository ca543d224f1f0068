#include "net/session_policy.h"

#include <gtest/gtest.h>

#include <memory>

#include "net/connection_budget.h"
#include "stats/stats_page.h"

namespace demo {
namespace {

class SessionPolicies : public ::testing::Test {
 protected:
  SessionPolicies() {
    policy_.keepalive.enabled = true;
    policy_.keepalive.max_requests = 3;
  }

  const std::unique_ptr<StatsPage> page_ = std::make_unique<StatsPage>();
  ConnectionBudget budget_{1};
  ListenerHandle listener_{SnapshotListener{}, page_->listeners[0], page_->worker, budget_};
  SessionPolicy policy_;
};

TEST_F(SessionPolicies, KeepsConnectionsUntilADrainOrTheEndOfTheirListener) {
  EXPECT_TRUE(policy_.keeps_connections_of(listener_));
  listener_.removed = true;
  EXPECT_TRUE(policy_.keeps_connections());
  EXPECT_FALSE(policy_.keeps_connections_of(listener_));
  policy_.draining = true;
  EXPECT_FALSE(policy_.keeps_connections());
}

TEST_F(SessionPolicies, AllowsSoManyRequestsAndNoMore) {
  EXPECT_TRUE(policy_.allows_another(1));
  EXPECT_FALSE(policy_.allows_another(2)) << "the third is the last";
  policy_.keepalive.max_requests = 0;
  EXPECT_TRUE(policy_.allows_another(1'000'000));
}

TEST_F(SessionPolicies, WaitsForAFirstRequestAsForAHeadAndForTheNextOneAsIdle) {
  EXPECT_EQ(policy_.idle_time(0, listener_), policy_.timeouts.head);
  EXPECT_EQ(policy_.idle_time(1, listener_), policy_.keepalive.idle_timeout);
  listener_.removed = true;
  EXPECT_EQ(policy_.idle_time(1, listener_), limits::kIdleGrace);
}

}  // namespace
}  // namespace demo
