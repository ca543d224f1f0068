#include "net/acceptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "net/accept_throttle.h"
#include "unit/descriptor_limit.h"
#include "unit/event/turns.h"
#include "unit/net/client.h"
#include "unit/net/listening.h"

namespace demo {
namespace {

constexpr std::uint64_t kPlenty = 1000;

class AcceptorTest : public ::testing::Test {
 protected:
  explicit AcceptorTest(bool want_peer = false)
      : keeper_(want_peer), listener_(SnapshotListener{}, page_->listeners[0], page_->worker, budget_) {
    listener_.taker = &keeper_;
  }
  ~AcceptorTest() override { keeper_.close_all(); }

  void listen(bool exclusive = false) {
    acceptor_.emplace(turns_.loop(), throttle_, listener_, 7, server_.copy(), exclusive);
    ASSERT_TRUE(acceptor_->resume());
  }
  void connect(int count) {
    for (int i = 0; i < count; ++i) clients_.push_back(server_.connect());
  }
  std::size_t taken() const { return keeper_.taken.size(); }
  bool all_taken(std::size_t count) {
    return turns_.until([&] { return taken() == count; });
  }

  Turns turns_;
  const std::unique_ptr<StatsPage> page_ = empty_stats();
  ConnectionBudget budget_{kPlenty};
  AcceptThrottle throttle_{turns_.loop(), budget_, page_->worker};
  LoopbackServer server_;
  Keeper keeper_;
  ListenerHandle listener_;
  std::optional<Acceptor> acceptor_;
  std::vector<Client> clients_;
};

TEST_F(AcceptorTest, HandsEveryConnectionToTheTakerAndCountsIt) {
  listen();
  connect(3);
  ASSERT_TRUE(all_taken(3));
  EXPECT_EQ(listener_.connections(), 3U);
  EXPECT_EQ(budget_.open(), 3U);
  EXPECT_EQ(page_->worker.connections_accepted.get(), 3U);
  EXPECT_EQ(page_->worker.connections_open.get(), 3U);
  EXPECT_EQ(page_->listeners[0].connections_open.get(), 3U);
  EXPECT_EQ(keeper_.taken[0].peer, "");
  keeper_.close_all();
  EXPECT_EQ(listener_.connections(), 0U);
  EXPECT_EQ(page_->worker.connections_closed.get(), 3U);
  EXPECT_EQ(page_->worker.connections_open.get(), 0U);
  EXPECT_EQ(page_->listeners[0].connections_accepted.get(), 3U);
}

TEST_F(AcceptorTest, AcceptedDescriptorsDoNotBlockAndEndAtExec) {
  listen();
  connect(1);
  ASSERT_TRUE(all_taken(1));
  const int fd = keeper_.taken[0].fd.get();
  EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(AcceptorTest, AcceptsALargeBurstCompletely) {
  listen();
  connect(100);
  ASSERT_TRUE(all_taken(100));
}

TEST_F(AcceptorTest, PausesAndResumes) {
  listen();
  acceptor_->pause();
  acceptor_->pause();
  connect(2);
  turns_.settle();
  EXPECT_EQ(taken(), 0U);
  ASSERT_TRUE(acceptor_->resume());
  ASSERT_TRUE(acceptor_->resume());
  EXPECT_TRUE(all_taken(2));
}

TEST_F(AcceptorTest, StopsAtTheLimitAndResumesWhenAConnectionCloses) {
  budget_.set_limit(2);
  listen();
  connect(5);
  ASSERT_TRUE(all_taken(2));
  turns_.settle();
  EXPECT_EQ(taken(), 2U);
  EXPECT_TRUE(throttle_.paused());
  EXPECT_EQ(page_->worker.accept_paused.get(), 1U);
  EXPECT_EQ(page_->worker.accept_errors.get(), 0U);
  keeper_.close_one();
  ASSERT_TRUE(all_taken(2)) << "the queue kept the third";
  turns_.settle();
  EXPECT_EQ(page_->worker.connections_accepted.get(), 3U);
  EXPECT_EQ(page_->worker.accept_paused.get(), 2U);
  keeper_.close_all();
  ASSERT_TRUE(all_taken(2));
  EXPECT_EQ(page_->worker.connections_accepted.get(), 5U);
  keeper_.close_all();
  turns_.settle();
  EXPECT_FALSE(throttle_.paused());
}

TEST_F(AcceptorTest, DoesNotSpinAtTheLimit) {
  budget_.set_limit(1);
  listen();
  connect(3);
  ASSERT_TRUE(all_taken(1));
  turns_.settle();
  // The queue is not empty, yet no turn has anything to do.
  for (int i = 0; i < 100; ++i) EXPECT_EQ(turns_.turn(), 0U);
}

TEST_F(AcceptorTest, RaisedLimitResumesAccepting) {
  budget_.set_limit(1);
  listen();
  connect(3);
  ASSERT_TRUE(all_taken(1));
  turns_.settle();
  ASSERT_TRUE(throttle_.paused());
  budget_.set_limit(2);
  EXPECT_TRUE(all_taken(2));
  turns_.settle();
  EXPECT_EQ(taken(), 2U);
  budget_.set_limit(kPlenty);
  EXPECT_TRUE(all_taken(3));
}

TEST_F(AcceptorTest, LoweredLimitClosesNothingAndStopsAccepting) {
  listen();
  connect(3);
  ASSERT_TRUE(all_taken(3));
  budget_.set_limit(2);
  connect(1);
  turns_.settle();
  EXPECT_EQ(taken(), 3U);
  keeper_.close_one();
  turns_.settle();
  EXPECT_EQ(taken(), 2U);
  keeper_.close_one();
  EXPECT_TRUE(turns_.until([&] { return page_->worker.connections_accepted.get() == 4; }));
}

TEST_F(AcceptorTest, EmptiesItsQueueAtOnce) {
  listen();
  acceptor_->pause();
  connect(100);
  acceptor_->empty_queue();
  EXPECT_EQ(taken(), 100U);
  acceptor_.reset();
  connect(1);
  turns_.settle();
  EXPECT_EQ(taken(), 100U);
  EXPECT_EQ(::fcntl(server_.fd(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC) << "the other copy of the socket lives";
}

TEST_F(AcceptorTest, DestroyedWhilePausedIsForgotten) {
  budget_.set_limit(1);
  listen();
  connect(2);
  ASSERT_TRUE(all_taken(1));
  turns_.settle();
  acceptor_.reset();
  keeper_.close_all();
  turns_.settle();
  EXPECT_EQ(taken(), 0U);
}

TEST_F(AcceptorTest, AllAcceptorsPauseTogether) {
  LoopbackServer second_server;
  budget_.set_limit(1);
  listen();
  Acceptor second(turns_.loop(), throttle_, listener_, 8, second_server.copy(), false);
  ASSERT_TRUE(second.resume());
  connect(1);
  ASSERT_TRUE(all_taken(1));
  Client waiting = second_server.connect();
  turns_.settle();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(turns_.turn(), 0U);
  EXPECT_EQ(taken(), 1U);
  keeper_.close_all();
  EXPECT_TRUE(all_taken(1));
  EXPECT_EQ(second.id(), 8U);
  EXPECT_EQ(&second.listener(), &listener_);
}

TEST_F(AcceptorTest, ResumedWhilePausedByTheLimitStaysPaused) {
  budget_.set_limit(1);
  listen();
  connect(2);
  ASSERT_TRUE(all_taken(1));
  turns_.settle();
  ASSERT_TRUE(acceptor_->resume());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(turns_.turn(), 0U);
  EXPECT_EQ(taken(), 1U);
}

// A descriptor that epoll never takes, epoll_ctl(2): EPERM.
UniqueFd untakeable() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

TEST_F(AcceptorTest, OneThatEpollNeverTakesKeepsNoOtherFromAccepting) {
  Acceptor hopeless(turns_.loop(), throttle_, listener_, 6, untakeable(), false);
  EXPECT_FALSE(hopeless.resume());
  listen();
  // Longer than it takes until it is tried again, more than once.
  for (int round = 1; round <= 5; ++round) {
    connect(1);
    ASSERT_TRUE(all_taken(static_cast<std::size_t>(round)));
    turns_.during(std::chrono::milliseconds(60));
    EXPECT_FALSE(throttle_.paused());
  }
  EXPECT_EQ(page_->worker.accept_paused.get(), 0U);
}

TEST_F(AcceptorTest, OneThatEpollNeverTakesKeepsNoOtherFromResuming) {
  Acceptor hopeless(turns_.loop(), throttle_, listener_, 6, untakeable(), false);
  EXPECT_FALSE(hopeless.resume());
  budget_.set_limit(1);
  listen();
  connect(2);
  ASSERT_TRUE(all_taken(1));
  ASSERT_TRUE(turns_.until([&] { return throttle_.paused(); }));
  keeper_.close_all();
  EXPECT_TRUE(all_taken(1));
  EXPECT_EQ(page_->worker.connections_accepted.get(), 2U);
}

TEST_F(AcceptorTest, OneThatEpollTakesLaterComesByItself) {
  UniqueFd socket = untakeable();
  const int number = socket.get();
  acceptor_.emplace(turns_.loop(), throttle_, listener_, 7, std::move(socket), false);
  EXPECT_FALSE(acceptor_->resume());
  connect(1);
  ASSERT_EQ(::dup3(server_.fd(), number, O_CLOEXEC), number);
  EXPECT_TRUE(all_taken(1));
}

TEST_F(AcceptorTest, SharedSocketServesTwoAcceptorsExclusively) {
  listen(true);
  Acceptor other(turns_.loop(), throttle_, listener_, 8, server_.copy(), true);
  ASSERT_TRUE(other.resume());
  connect(20);
  EXPECT_TRUE(all_taken(20));
}

class PeerAcceptorTest : public AcceptorTest {
 protected:
  PeerAcceptorTest() : AcceptorTest(true) {}
};

TEST_F(PeerAcceptorTest, GivesThePeersAddressWhenWanted) {
  listen();
  connect(1);
  ASSERT_TRUE(all_taken(1));
  EXPECT_TRUE(keeper_.taken[0].peer.starts_with("127.0.0.1:")) << keeper_.taken[0].peer;
}

TEST_F(AcceptorTest, WithoutDescriptorsItRestsAndDropsNothing) {
  listen();
  connect(4);
  {
    const DescriptorLimit limit(2);
    ASSERT_TRUE(all_taken(2));
    ASSERT_TRUE(turns_.until([&] { return throttle_.paused(); }));
    const std::uint64_t tried = page_->worker.accept_errors.get();
    unsigned events = 0;
    for (int i = 0; i < 50; ++i) events += turns_.turn();
    EXPECT_LE(page_->worker.accept_errors.get(), tried + 1) << "spins";
    EXPECT_LE(events, 1U) << "spins";
  }
  EXPECT_TRUE(all_taken(4)) << "the pause ends by itself";
  EXPECT_FALSE(throttle_.paused());
}

TEST_F(AcceptorTest, DescriptorThatIsFreedEndsThePause) {
  listen();
  connect(3);
  const DescriptorLimit limit(2);
  ASSERT_TRUE(all_taken(2));
  ASSERT_TRUE(turns_.until([&] { return throttle_.paused(); }));
  keeper_.close_one();
  EXPECT_FALSE(throttle_.paused());
  EXPECT_TRUE(all_taken(2));
}

TEST_F(AcceptorTest, TriesAboutTenTimesASecondWithoutDescriptors) {
  listen();
  connect(1);
  const DescriptorLimit limit(0);
  ASSERT_TRUE(turns_.until([&] { return page_->worker.accept_errors.get() > 0; }));
  const std::uint64_t begin = monotonic_ns();
  const std::uint64_t before = page_->worker.accept_errors.get();
  turns_.during(std::chrono::milliseconds(450));
  const std::uint64_t tenths = (monotonic_ns() - begin) / 100'000'000;
  EXPECT_LE(page_->worker.accept_errors.get() - before, tenths + 1);
}

// epoll(7) refuses a descriptor that it knows already: as full as it gets in a test.
struct Occupant final : Watch {
  Occupant() : Watch([](Watch&, std::uint32_t) {}) {}
};

TEST_F(AcceptorTest, AcceptorThatEpollRefusesIsTakenOnceThereIsRoomAndNobodySpinsMeanwhile) {
  listen();
  LoopbackServer second_server;
  Acceptor second(turns_.loop(), throttle_, listener_, 8, second_server.copy(), false);
  LoopbackServer third_server;
  UniqueFd third_socket = third_server.copy();
  const int third_fd = third_socket.get();
  Acceptor third(turns_.loop(), throttle_, listener_, 9, std::move(third_socket), false);
  ASSERT_TRUE(second.resume());
  Occupant occupant;
  ASSERT_TRUE(turns_.loop().add(third_fd, 0, occupant));
  ASSERT_FALSE(third.resume());
  EXPECT_FALSE(throttle_.paused());
  connect(1);
  ASSERT_TRUE(all_taken(1));
  budget_.set_limit(1);
  Client waiting = second_server.connect();
  ASSERT_TRUE(turns_.until([&] { return throttle_.paused(); }));
  turns_.settle();
  EXPECT_EQ(turns_.turn(), 0U) << "it is told again and again of what it does not take";
  budget_.set_limit(kPlenty);
  EXPECT_TRUE(all_taken(2));
  turns_.loop().remove(third_fd);
  Client late = third_server.connect();
  EXPECT_TRUE(all_taken(3));
}

TEST_F(AcceptorTest, EventReportedBeforeThePauseDoesNotAccept) {
  // Both sockets are ready in one turn; the first one uses the last descriptor and pauses them all.
  LoopbackServer second_server;
  budget_.set_limit(1);
  listen();
  Acceptor second(turns_.loop(), throttle_, listener_, 8, second_server.copy(), false);
  ASSERT_TRUE(second.resume());
  connect(2);
  Client other = second_server.connect();
  turns_.turn();
  EXPECT_EQ(taken(), 1U);
  turns_.settle();
  EXPECT_EQ(taken(), 1U);
}

}  // namespace
}  // namespace demo
