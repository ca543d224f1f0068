#include "supervisor/snapshot/snapshot_builder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace demo {
namespace {

Config sample_config() {
  Config config;
  config.log_level = LogLevel::kDebug;
  config.client_keepalive.enabled = true;
  config.max_connections = 9;
  config.response.status = 404;
  Listener listener;
  listener.address = *Address::parse("127.0.0.1:0");
  listener.mode = ListenerMode::kTcp;
  listener.pool = "p";
  listener.kernel.nodelay = false;
  listener.kernel.quickack = true;
  listener.accept_proxy_protocol = true;
  config.listeners.push_back(listener);
  Pool pool;
  pool.name = "p";
  pool.slow_start = std::chrono::milliseconds(77);
  pool.queue_limit = 5;
  pool.abort_on_close = false;
  Backend backend;
  backend.endpoint = *Endpoint::parse("10.0.0.3:80");
  backend.max_connections = 10;
  backend.weight = 3;
  backend.backup = true;
  pool.backends.push_back(backend);
  config.pools.push_back(pool);
  return config;
}

SnapshotFacts sample_facts() {
  SnapshotFacts facts;
  facts.generation = 7;
  facts.listener = [](const Listener&) {
    return BoundListener{3, *Address::parse("127.0.0.1:4711"), AcceptMode::kExclusive};
  };
  facts.members = [](const Pool&, const Backend& backend) {
    return std::vector<ResolvedAddress>{{8, backend.endpoint.address, true, false}};
  };
  return facts;
}

TEST(SnapshotBuilder, TellsWorkersWhatModeAutoMeansNow) {
  Config config = sample_config();
  config.listeners[0].mode = ListenerMode::kAuto;
  EXPECT_EQ(build_snapshot(config, sample_facts()).listeners.at(0).mode, ListenerMode::kServer);
  config.listeners[0].auto_forwards = true;
  EXPECT_EQ(build_snapshot(config, sample_facts()).listeners.at(0).mode, ListenerMode::kProxy);
}

TEST(SnapshotBuilder, CarriesTheConfiguration) {
  const Snapshot snapshot = build_snapshot(sample_config(), sample_facts());
  EXPECT_EQ(snapshot.generation, 7U);
  EXPECT_EQ(snapshot.log_level, LogLevel::kDebug);
  EXPECT_TRUE(snapshot.client_keepalive.enabled);
  EXPECT_EQ(snapshot.max_connections, 9U);
  EXPECT_EQ(snapshot.response.status, 404U);
  ASSERT_EQ(snapshot.pools.size(), 1U);
  EXPECT_EQ(snapshot.pools[0].queue_limit, 5U);
  EXPECT_FALSE(snapshot.pools[0].abort_on_close);
}

TEST(SnapshotBuilder, DescribesListenersAsTheyAreBound) {
  const SnapshotListener listener = build_snapshot(sample_config(), sample_facts()).listeners.at(0);
  EXPECT_EQ(listener.slot, 3U);
  EXPECT_EQ(listener.address.to_string(), "127.0.0.1:4711");
  EXPECT_EQ(listener.accept_mode, AcceptMode::kExclusive);
  EXPECT_EQ(listener.mode, ListenerMode::kTcp);
  EXPECT_EQ(listener.pool, "p");
  EXPECT_FALSE(listener.kernel.nodelay);
  EXPECT_EQ(listener.kernel.quickack, true);
  EXPECT_TRUE(listener.accept_proxy_protocol);
}

TEST(SnapshotBuilder, LeavesOutAListenerWithoutSockets) {
  SnapshotFacts facts = sample_facts();
  facts.listener = [](const Listener&) { return std::nullopt; };
  EXPECT_TRUE(build_snapshot(sample_config(), facts).listeners.empty());
}

TEST(SnapshotBuilder, LimitsAreThoseOfAllWorkersTogether) {
  const Snapshot snapshot = build_snapshot(sample_config(), sample_facts());
  const SnapshotMember& member = snapshot.pools[0].members[0];
  EXPECT_EQ(member.max_connections, 10U);
  const QuotaKeeper::Limits limits = shared_limits(snapshot);
  EXPECT_EQ(limits[member.slot], 10U);
  EXPECT_EQ(limits[kClientGate], 9U);
  EXPECT_EQ(std::ranges::count(limits, 0U), static_cast<std::ptrdiff_t>(kGates - 2));
}

TEST(SnapshotBuilder, DescribesEachAddressOfABackend) {
  SnapshotFacts facts = sample_facts();
  facts.members = [](const Pool&, const Backend&) {
    return std::vector<ResolvedAddress>{{1, *Address::parse("1.1.1.1:80"), true, false},
                                        {2, *Address::parse("1.1.1.2:80"), true, false}};
  };
  const SnapshotPool pool = build_snapshot(sample_config(), facts).pools[0];
  EXPECT_EQ(pool.slow_start, std::chrono::milliseconds(77));
  EXPECT_TRUE(pool.backends.empty());
  const auto& members = pool.members;
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[1].slot, 2U);
  EXPECT_EQ(members[1].address.to_string(), "1.1.1.2:80");
  EXPECT_EQ(members[1].name(), "10.0.0.3:80");
  EXPECT_EQ(members[1].weight, 3U);
  EXPECT_TRUE(members[1].backup);
}

struct Usable {
  BackendState state;
  bool up;
  bool cut;
  bool expected;
};
class SnapshotMemberUsable : public testing::TestWithParam<Usable> {};

TEST_P(SnapshotMemberUsable, FollowsStateHealthAndCut) {
  Config config = sample_config();
  config.pools[0].backends[0].state = GetParam().state;
  SnapshotFacts facts = sample_facts();
  facts.members = [](const Pool&, const Backend& backend) {
    return std::vector<ResolvedAddress>{{0, backend.endpoint.address, GetParam().up, GetParam().cut}};
  };
  const SnapshotMember member = build_snapshot(config, facts).pools[0].members[0];
  EXPECT_EQ(member.usable, GetParam().expected);
  EXPECT_EQ(member.cut, GetParam().cut);
}

INSTANTIATE_TEST_SUITE_P(States, SnapshotMemberUsable,
                         testing::Values(Usable{BackendState::kReady, true, false, true},
                                         Usable{BackendState::kReady, false, false, false},
                                         Usable{BackendState::kReady, true, true, false},
                                         Usable{BackendState::kDrain, true, false, false},
                                         Usable{BackendState::kMaintenance, true, false, false}));

}  // namespace
}  // namespace demo
