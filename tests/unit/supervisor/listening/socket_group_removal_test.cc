#include "socket_group_fixture.h"

namespace demo {
namespace {

TEST_F(SocketGroupTest, ClosesWhenRemovedAsSoonAsNobodyHoldsIt) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  acknowledge();
  group_.remove(clock());
  EXPECT_TRUE(settle());
  EXPECT_TRUE(lent_ids().empty());
  EXPECT_FALSE(group_.empty());
  standings_[0].acked_version = version_;
  settle();
  EXPECT_FALSE(group_.empty());
  standings_[1].running = false;
  settle();
  EXPECT_TRUE(group_.empty());
}

TEST_F(SocketGroupTest, ServesWhoHadReachedItWhenItIsRemovedAndRefusesOthers) {
  set_workers(2);
  change(AcceptMode::kReuseport);
  acknowledge();
  // One that waits for its first bytes (TCP_DEFER_ACCEPT), and one in the queue.
  const UniqueFd silent(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(silent.get(), group_.bound().sockaddr_ptr(), group_.bound().sockaddr_size()), 0);
  const UniqueFd queued = connect_client();
  group_.remove(clock());
  EXPECT_FALSE(settle());
  EXPECT_EQ(lent_ids().size(), 2U);
  const UniqueFd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_NE(::connect(late.get(), group_.bound().sockaddr_ptr(), group_.bound().sockaddr_size()), 0);
  EXPECT_EQ(errno, ECONNREFUSED);
  ASSERT_EQ(::send(silent.get(), "x", 1, 0), 1);
  int accepted = 0;
  for (const auto& [id, count] : accept_all()) accepted += count;
  EXPECT_EQ(accepted, 2);
  settle_all_removed();
  EXPECT_TRUE(group_.empty());
}

TEST_F(SocketGroupTest, DoesNotKeepARemovedQueueForEver) {
  set_workers(1);
  change(AcceptMode::kReuseport);
  const UniqueFd queued = connect_client();
  group_.remove(clock());
  settle_all_removed(5);
  EXPECT_FALSE(group_.empty());
  now_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(limits::kDrainTimeout).count());
  settle_all_removed();
  EXPECT_TRUE(group_.empty());
}

TEST_F(SocketGroupTest, EndsWhatOthersHoldOfItsSocketsToo) {
  set_workers(1);
  change(AcceptMode::kReuseport);
  const UniqueFd elsewhere(::dup(loans()[0][0].fd.get()));
  group_.remove(clock());
  settle_all_removed();
  ASSERT_TRUE(group_.empty());
  // In the hands of somebody who would never accept on it, it draws no connection.
  int listening = 1;
  socklen_t size = sizeof listening;
  ASSERT_EQ(::getsockopt(elsewhere.get(), SOL_SOCKET, SO_ACCEPTCONN, &listening, &size), 0);
  EXPECT_EQ(listening, 0);
}

TEST_F(SocketGroupTest, DoesNotWaitForAWorkerThatNeverAcknowledges) {
  set_workers(2);
  change(AcceptMode::kShared);
  const auto before = lent_ids();
  change(AcceptMode::kReuseport);
  standings_[0].acked_version = version_;
  settle();
  EXPECT_TRUE(selected().contains(*before.begin()));
  now_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(limits::kChangeAckTimeout).count());
  settle();
  EXPECT_FALSE(selected().contains(*before.begin()));
}

// Each question costs by the number of connections of the host.
TEST_F(SocketGroupTest, AsksForOpenHandshakesOnceWhateverTheNumberOfItsSockets) {
  set_workers(8);
  change(AcceptMode::kReuseport);
  group_.remove(clock());
  settle_all_removed();
  EXPECT_TRUE(group_.empty());
  EXPECT_EQ(questions_, 1);
}

}  // namespace
}  // namespace demo
