#include "supervisor/figures/refusal_table.h"

#include <gtest/gtest.h>

#include <utility>

namespace demo {
namespace {

class RefusalTableTest : public testing::Test {
 protected:
  RefusalTableTest() {
    snapshot_.pools.emplace_back().members.emplace_back().slot = 3;
    snapshot_.listeners.emplace_back().slot = 5;
    snapshot_.max_connections = 2;
  }

  void look() {
    now_ns_ += 1'000'000'000;
    table_.look(now_ns_, snapshot_,
                {[this](std::uint32_t) { return backend_; }, [this](std::uint32_t) { return loops_; },
                 [this] { return accept_errors_; }, [this] { return wait_; }});
  }
  void look(int times) {
    for (int i = 0; i < times; ++i) look();
  }

  Snapshot snapshot_;
  BackendFigures backend_;
  std::uint64_t loops_ = 0;
  std::uint64_t accept_errors_ = 0;
  bool wait_ = false;
  RefusalTable table_;
  std::uint64_t now_ns_ = 1'000'000'000'000;
};

TEST_F(RefusalTableTest, CountsWhatWasRefusedInTenSeconds) {
  backend_.queue_full = 2;
  backend_.queue_timeouts = 1;
  loops_ = 4;
  accept_errors_ = 5;
  look();
  backend_.queue_full = 9;
  look();
  EXPECT_EQ(table_.of_backend(3).full, 9U);
  EXPECT_EQ(table_.of_backend(3).all(), 10U);
  EXPECT_EQ(table_.loops_of(5), 4U);
  EXPECT_EQ(table_.accept_errors(), 5U);
  look(9);
  EXPECT_EQ(table_.of_backend(3).all(), 7U) << "the first look is ten seconds ago";
  EXPECT_EQ(table_.loops_of(5), 0U);
  EXPECT_EQ(table_.accept_errors(), 0U);
  look();
  EXPECT_EQ(table_.of_backend(3).all(), 0U);
}

TEST_F(RefusalTableTest, FiguresThatFallBeginAnew) {
  backend_.queue_full = 100;
  look(11);
  backend_.queue_full = 1;
  look();
  EXPECT_EQ(table_.of_backend(3).full, 0U);
  backend_.queue_full = 3;
  look();
  EXPECT_EQ(table_.of_backend(3).full, 2U);
}

TEST_F(RefusalTableTest, PlaceWithANewOwnerOrWithoutOneIsForgotten) {
  backend_.queue_full = 1;
  loops_ = 1;
  look();
  table_.forget_backend(3);
  table_.forget_listener(5);
  EXPECT_EQ(table_.of_backend(3).all(), 0U);
  EXPECT_EQ(table_.loops_of(5), 0U);
  look();
  EXPECT_EQ(table_.of_backend(3).all(), 1U);
  snapshot_.pools.clear();
  snapshot_.listeners[0].leaving = true;
  look();
  EXPECT_EQ(table_.of_backend(3).all(), 0U);
  EXPECT_EQ(table_.loops_of(5), 0U);
}

// A member that led back here for a while, or a listener that was removed and added again, keeps its place.
TEST_F(RefusalTableTest, WhatComesBackToItsPlaceBringsNoHistory) {
  backend_.queue_full = 100;
  backend_.queue_timeouts = 10;
  loops_ = 50;
  look(11);
  const auto pools = std::exchange(snapshot_.pools, {});
  snapshot_.listeners[0].leaving = true;
  look();
  loops_ = 51;
  snapshot_.pools = pools;
  snapshot_.listeners[0].leaving = false;
  look();
  EXPECT_EQ(table_.of_backend(3).all(), 0U);
  EXPECT_EQ(table_.loops_of(5), 0U);
  backend_.queue_full = 101;
  loops_ = 53;
  look();
  EXPECT_EQ(table_.of_backend(3).all(), 1U);
  EXPECT_EQ(table_.loops_of(5), 2U);
}

TEST_F(RefusalTableTest, ClientsThatWaitedAreToldForTenSecondsOrUntilTheLimitChanges) {
  look();
  EXPECT_FALSE(table_.clients_waited());
  wait_ = true;
  look();
  wait_ = false;
  EXPECT_TRUE(table_.clients_waited());
  look(9);
  EXPECT_TRUE(table_.clients_waited());
  look();
  EXPECT_FALSE(table_.clients_waited());
  wait_ = true;
  look();
  wait_ = false;
  snapshot_.max_connections = 9;
  look();
  EXPECT_FALSE(table_.clients_waited());
}

}  // namespace
}  // namespace demo
