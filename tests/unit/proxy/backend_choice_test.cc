#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <utility>

#include "net/connection_budget.h"
#include "net/lingering_close.h"
#include "net/listener_handle.h"
#include "proxy/http_proxy.h"
#include "proxy_harness.h"
#include "quota/quota.h"
#include "quota/quota_keeper.h"
#include "test_peer.h"
#include "unit/event/turns.h"
#include "unit/quota/shared_area.h"

// Which backend a user gets, and when: one it has not tried, then a place in the queue for one of those, then
// one it has tried.

namespace demo::test {
namespace {

using testing::EndsWith;

// Who asks a pool for connections, and notes what it gets.
class User final : public BackendUser {
 public:
  explicit User(BackendPool& pool) : pool_(pool) {}
  ~User() { leave(); }

  GrantOutcome ask(bool others_only = false) {
    Wish wish;
    wish.tried = &tried_;
    wish.fresh = true;
    wish.others_only = others_only;
    return grant(pool_.acquire(*this, wish));
  }
  // It takes whatever there is.
  GrantOutcome ask_for_any() {
    Wish wish;
    wish.fresh = true;
    return grant(pool_.acquire(*this, wish));
  }
  void has_tried(const Member& member) { tried_.add(member); }
  void leave() {
    pool_.leave_queue(*this);
    if (got_.connection != nullptr) pool_.release(*std::exchange(got_.connection, nullptr), false);
  }
  const Grant& got() const { return got_; }
  Wish wish() const override { return {}; }
  std::uint64_t attempt_ns() const override { return 0; }
  void on_racer_failed(const BackendConnection&, bool) override {}
  bool served() const { return got_.connection != nullptr; }

  std::function<void()> when_granted;

 private:
  GrantOutcome grant(const Grant& grant) {
    got_ = grant;
    return grant.outcome;
  }
  void on_grant(const Grant& grant) override {
    got_ = grant;
    if (when_granted) when_granted();
  }
  void on_connection_changed(BackendConnection& connection) override { got_.connection = &connection; }
  void on_backend_event() override {}
  void on_backend_cut() override { leave(); }

  BackendPool& pool_;
  TriedMembers tried_;
  Grant got_;
};

// Two pools of two backends each, of which one connection may be open, on a loop that the test turns.
class BackendChoice : public testing::Test {
 protected:
  BackendChoice() {
    keeper_.take_seat(0);
    SnapshotListener listener;
    listener.pool = "one";
    snapshot_.listeners = {listener};
    for (const char* name : {"one", "two"}) {
      SnapshotPool pool;
      pool.name = name;
      pool.queue_limit = 100;
      snapshot_.pools.push_back(pool);
    }
    for (std::uint32_t slot = 0; slot < backends_.size(); ++slot) {
      SnapshotMember member;
      member.slot = slot;
      member.address = backends_[slot].address();
      member.endpoint.text = member.address.to_string();
      member.max_connections = 1;
      snapshot_.pools[slot / 2].members.push_back(member);
    }
    apply();
  }
  void apply() {
    QuotaKeeper::Limits limits{};
    for (const SnapshotPool& pool : snapshot_.pools) {
      for (const SnapshotMember& member : pool.members) limits[member.slot] = member.max_connections;
    }
    keeper_.set_limits(limits);
    http_.apply(snapshot_);
  }
  BackendPool& pool(std::string_view name) {
    handle_.spec.pool = name;
    handle_.removed = true;  // its pool is found by name
    return *http_.pool_of(handle_);
  }
  // Takes the only connection of a backend of the first pool; which one that is.
  Member& occupy(User& user) {
    EXPECT_EQ(user.ask_for_any(), GrantOutcome::kConnecting);
    return *user.got().member;
  }
  // Nothing but the loop itself goes on.
  void turn_while_it_goes_on() {
    do turns_.turn();
    while (turns_.loop().goes_on());
  }

  Snapshot snapshot_;
  std::array<TestBackend, 4> backends_;
  QuotaKeeper keeper_{QuotaArea::create(1).value()};
  QuotaArea area_ = shared_area(keeper_.area());
  Quota quota_{area_, 0};
  Turns turns_;
  BufferPool buffers_{turns_.loop().housekeeping()};
  std::unique_ptr<StatsPage> stats_ = std::make_unique<StatsPage>();
  LingeringClose lingering_{turns_.loop(), buffers_};
  ConnectionBudget budget_{1000};
  ListenerHandle handle_{SnapshotListener{}, stats_->listeners[0], stats_->worker, budget_};
  HttpProxy http_{turns_.loop(), buffers_, lingering_, *stats_, 0, ProxyOutlook{{}, {}, &quota_}};
};

TEST_F(BackendChoice, WaitingForAnotherOneComesBeforeATriedOne) {
  User first(pool("one"));
  User second(pool("one"));
  User third(pool("one"));
  Member& tried = occupy(first);
  Member& busy = occupy(second);
  first.leave();
  third.has_tried(tried);
  EXPECT_EQ(third.ask(), GrantOutcome::kQueued);
  turn_while_it_goes_on();
  EXPECT_FALSE(third.served());
  second.leave();
  turn_while_it_goes_on();
  ASSERT_TRUE(third.served());
  EXPECT_EQ(third.got().member, &busy);
}

TEST_F(BackendChoice, ATriedOneComesBeforeNone) {
  User first(pool("one"));
  User second(pool("one"));
  User third(pool("one"));
  Member& tried = occupy(first);
  occupy(second);
  first.leave();
  third.has_tried(tried);
  snapshot_.pools[0].queue_limit = 0;
  apply();
  EXPECT_EQ(third.ask(true), GrantOutcome::kQueueFull);
  EXPECT_EQ(third.ask(), GrantOutcome::kConnecting);
  EXPECT_EQ(third.got().member, &tried);
}

TEST_F(BackendChoice, ATriedOneIsTakenWhenTheOtherOneGoesMeanwhile) {
  User first(pool("one"));
  User second(pool("one"));
  User any(pool("one"));
  User picky(pool("one"));
  Member& tried = occupy(first);
  Member& busy = occupy(second);
  first.leave();
  any.has_tried(tried);
  picky.has_tried(tried);
  EXPECT_EQ(picky.ask(true), GrantOutcome::kQueued);
  EXPECT_EQ(any.ask(), GrantOutcome::kQueued);
  snapshot_.pools[0].members[busy.spec.slot].usable = false;
  apply();
  turn_while_it_goes_on();
  ASSERT_TRUE(any.served());
  EXPECT_EQ(any.got().member, &tried);
  EXPECT_EQ(picky.got().outcome, GrantOutcome::kNoBackend) << "it wants no other one";
}

TEST_F(BackendChoice, WhoWaitsForOneHoldsUpNobodyWhoWouldTakeAnother) {
  User first(pool("one"));
  User second(pool("one"));
  User picky(pool("one"));
  User any(pool("one"));
  Member& tried = occupy(first);
  Member& busy = occupy(second);
  picky.has_tried(tried);
  EXPECT_EQ(picky.ask(), GrantOutcome::kQueued);
  EXPECT_EQ(any.ask_for_any(), GrantOutcome::kQueued);
  first.leave();
  turn_while_it_goes_on();
  ASSERT_TRUE(any.served());
  EXPECT_EQ(any.got().member, &tried);
  EXPECT_FALSE(picky.served());
  second.leave();
  turn_while_it_goes_on();
  ASSERT_TRUE(picky.served());
  EXPECT_EQ(picky.got().member, &busy);
}

// What one queue's service frees for another one goes on without an event, however long that takes.
TEST_F(BackendChoice, QueuesThatServeEachOtherNeedNoEvent) {
  constexpr unsigned kLinks = 20;
  std::vector<std::unique_ptr<User>> held;
  std::vector<std::unique_ptr<User>> waiting;
  // Alternating, so that each pool has been looked at when the other one frees its connection.
  snapshot_.pools[0].members.resize(1);
  snapshot_.pools[1].members.resize(1);
  apply();
  for (const char* name : {"one", "two"}) {
    held.push_back(std::make_unique<User>(pool(name)));
    occupy(*held.back());
  }
  for (unsigned i = 0; i < kLinks; ++i) {
    waiting.push_back(std::make_unique<User>(pool(i % 2 == 0 ? "two" : "one")));
    EXPECT_EQ(waiting.back()->ask_for_any(), GrantOutcome::kQueued);
  }
  // Who gets its connection gives it back, and with it the one that the next in the chain waits for.
  for (unsigned i = 0; i < kLinks; ++i) {
    waiting[i]->when_granted = [&, i] { (i == 0 ? held[0] : waiting[i - 1])->leave(); };
  }
  held[1]->leave();
  turn_while_it_goes_on();
  for (unsigned i = 0; i < kLinks; ++i) {
    EXPECT_NE(waiting[i]->got().outcome, GrantOutcome::kQueued) << "user " << i;
  }
}

// An exchange and a tcp connection keep what they know while they wait.
class ChoiceOfExchanges : public WithBackend {
 protected:
  ChoiceOfExchanges() {
    proxy.pool().members[0].max_connections = 1;
    proxy.pool().ejection.consecutive_failures = 0;
    dead_.close();
    proxy.add_backend(dead_.address());
    proxy.apply();
  }
  bool queued() {
    return proxy.eventually([&] { return proxy.backend_stats().queued.get() == 1; });
  }
  std::uint64_t refused() { return proxy.backend_stats(1).connect_errors.get(); }

 private:
  TestBackend dead_;
};

TEST_F(ChoiceOfExchanges, ARequestWaitsForTheBusyOneAfterTheDeadOne) {
  Pair held = send_head(kGet);
  const std::uint64_t before = refused();
  TestPeer client = proxy.connect();
  client.send(kPost);
  ASSERT_TRUE(queued());
  held.served.send(ok_response("1"));
  EXPECT_THAT(held.client.read_message(), EndsWith("1"));
  EXPECT_THAT(held.served.read_message(), EndsWith("body"));
  held.served.send(ok_response("2"));
  EXPECT_THAT(client.read_message(), EndsWith("2"));
  EXPECT_EQ(refused() - before, 1U);
}

TEST_F(ChoiceOfExchanges, ATcpConnectionWaitsForTheBusyOneAfterTheDeadOne) {
  proxy.use_tcp_mode();
  TestPeer first = proxy.connect("1");
  TestPeer held = backend.accept();
  const std::uint64_t before = refused();
  TestPeer client = proxy.connect("2");
  ASSERT_TRUE(queued());
  first.close();
  EXPECT_TRUE(held.wait_for_end());
  held.close();
  TestPeer served = backend.accept();
  EXPECT_EQ(served.read_bytes(1), "2");
  EXPECT_EQ(refused() - before, 1U);
}

}  // namespace
}  // namespace demo::test
