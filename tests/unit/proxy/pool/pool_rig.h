#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "net/buffer_pool.h"
#include "proxy/connections/pool_environment.h"
#include "proxy/pool/backend_pool.h"
#include "proxy/pool/backend_search.h"
#include "quota/quota.h"
#include "quota/quota_keeper.h"
#include "unit/event/turns.h"
#include "unit/proxy/test_peer.h"
#include "unit/quota/shared_area.h"

namespace demo::test {

// A pool on a loop that the test turns, without a worker, a proxy or a client.
class PoolRig : public testing::Test {
 protected:
  PoolRig() {
    keeper_.take_seat(0);
    settings.name = "one";
    settings.queue_limit = 100;
  }
  ~PoolRig() override {
    pool.close_idle();
    turns.settle();
  }

  // A backend that the test plays; its member's slot is its index.
  SnapshotMember& add_backend() {
    backends.push_back(std::make_unique<TestBackend>());
    return add_member(backends.back()->address());
  }
  // A member that nobody plays.
  SnapshotMember& add_member(const Address& address) {
    SnapshotMember member;
    member.slot = static_cast<std::uint32_t>(settings.members.size());
    member.address = address;
    member.endpoint.text = address.to_string();
    settings.members.push_back(member);
    return settings.members.back();
  }
  void apply() {
    QuotaKeeper::Limits limits{};
    for (const SnapshotMember& member : settings.members) limits[member.slot] = member.max_connections;
    keeper_.set_limits(limits);
    pool.apply(settings);
  }
  // What the proxy does after each turn.
  void tidy() {
    while (environment.queues_due) {
      environment.queues_due = false;
      pool.tidy();
    }
  }
  BackendStats& stats_of(std::uint32_t slot) { return stats->backends[slot]; }

 private:
  QuotaKeeper keeper_{QuotaArea::create(1).value()};
  QuotaArea area_ = shared_area(keeper_.area());
  Quota quota_{area_, 0};

 protected:
  SnapshotPool settings;
  std::vector<std::unique_ptr<TestBackend>> backends;
  Turns turns;
  BufferPool buffers{turns.loop().housekeeping()};
  std::unique_ptr<StatsPage> stats = std::make_unique<StatsPage>();
  ProxySettings settings_in_force;
  PoolEnvironment environment{turns.loop(),     buffers, *stats, 0, ProxyOutlook{{}, {}, &quota_},
                              settings_in_force};
  BackendPool pool{environment, "one"};
};

// Notes what its search tells.
class Seeker final : public BackendSeeker {
 public:
  Seeker(Loop& loop, BackendPool& pool) : search(loop, *this) { search.begin(pool, 0, false); }

  BackendSearch search;
  std::vector<GrantOutcome> granted;
  unsigned events = 0;
  unsigned cuts = 0;

 private:
  void on_grant(const Grant& grant) override { granted.push_back(grant.outcome); }
  void on_connection_changed(const BackendConnection&) override {}
  void on_backend_event() override { ++events; }
  void on_backend_cut() override {
    ++cuts;
    search.end();
  }
};

}  // namespace demo::test
