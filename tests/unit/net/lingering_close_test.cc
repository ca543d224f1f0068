#include "net/lingering_close.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "unit/event/turns.h"
#include "unit/net/client.h"
#include "unit/net/listening.h"

namespace demo {
namespace {

class LingeringCloseTest : public ::testing::Test {
 protected:
  LingeringCloseTest() : client_(server_.connect()), ours_(server_.accept()) {
    listener_.connection_opened();
  }
  void take(LingeringClose& lingering, bool registered = false) {
    lingering.take(std::move(ours_), listener_, registered);
  }

  Turns turns_;
  BufferPool buffers_{turns_.loop().housekeeping()};
  const std::unique_ptr<StatsPage> page_ = empty_stats();
  ConnectionBudget budget_{10};
  ListenerHandle listener_{SnapshotListener{}, page_->listeners[0], page_->worker, budget_};
  LoopbackServer server_;
  Client client_;
  UniqueFd ours_;
};

TEST_F(LingeringCloseTest, EndsOurSideAtOnceAndClosesWhenThePeerDoes) {
  LingeringClose lingering(turns_.loop(), buffers_);
  take(lingering);
  EXPECT_TRUE(turns_.until([&] { return client_.ended(); }));
  EXPECT_EQ(lingering.connections(), 1U);
  EXPECT_EQ(listener_.connections(), 1U) << "it is not closed yet";
  client_.close();
  EXPECT_TRUE(turns_.until([&] { return lingering.connections() == 0; }));
  EXPECT_EQ(listener_.connections(), 0U);
}

TEST_F(LingeringCloseTest, UnreadBytesDoNotResetTheConnection) {
  LingeringClose lingering(turns_.loop(), buffers_);
  client_.send(std::string(10'000, 'x'));
  ASSERT_EQ(::send(ours_.get(), "last words", 10, MSG_NOSIGNAL), 10);
  take(lingering);
  for (int i = 0; i < 5; ++i) {
    turns_.settle();
    client_.send(std::string(1000, 'y'));
  }
  EXPECT_TRUE(turns_.until([&] { return client_.ended(); }));
  EXPECT_FALSE(client_.reset());
  EXPECT_EQ(client_.received(), "last words");
  client_.finish_sending();
  EXPECT_TRUE(turns_.until([&] { return lingering.connections() == 0; }));
}

TEST_F(LingeringCloseTest, TakesOverARegisteredDescriptor) {
  struct Old : Watch {
    Old() : Watch(Watch::call<Old>) {}
    void on_ready(std::uint32_t) { ++events; }
    int events = 0;
  };
  LingeringClose lingering(turns_.loop(), buffers_);
  Old old;
  ASSERT_TRUE(turns_.loop().add(ours_.get(), EPOLLIN | EPOLLET, old));
  take(lingering, true);
  client_.finish_sending();
  EXPECT_TRUE(turns_.until([&] { return lingering.connections() == 0; }));
  EXPECT_EQ(old.events, 0);
}

TEST_F(LingeringCloseTest, BytesThatCameBeforeAreDrainedToo) {
  LingeringClose lingering(turns_.loop(), buffers_);
  client_.send(std::string(100'000, 'x'));
  client_.finish_sending();
  turns_.settle();
  take(lingering);
  EXPECT_TRUE(turns_.until([&] { return lingering.connections() == 0; }));
  EXPECT_TRUE(client_.ended());
}

TEST_F(LingeringCloseTest, EndlessPeerIsCutOffAtTheBound) {
  LingeringClose lingering(turns_.loop(), buffers_);
  take(lingering);
  const std::string block(64 * 1024, 'x');
  std::size_t sent = 0;
  ASSERT_TRUE(turns_.until([&] {
    sent += client_.send_some(block);
    return lingering.connections() == 0;
  }));
  EXPECT_GE(sent, limits::kLingerDrainBytes);
}

TEST_F(LingeringCloseTest, SilentPeerIsCutOffInTime) {
  LingeringClose lingering(turns_.loop(), buffers_);
  const std::uint64_t begin = monotonic_ns();
  take(lingering);
  ASSERT_TRUE(turns_.until([&] { return lingering.connections() == 0; }));
  EXPECT_GE(monotonic_ns() - begin,
            static_cast<std::uint64_t>(std::chrono::nanoseconds(limits::kLingerTimeout).count()));
  EXPECT_EQ(listener_.connections(), 0U);
}

TEST_F(LingeringCloseTest, ResetByThePeerEndsIt) {
  LingeringClose lingering(turns_.loop(), buffers_);
  take(lingering);
  turns_.settle();
  client_.abort_connection();
  EXPECT_TRUE(turns_.until([&] { return lingering.connections() == 0; }));
}

TEST_F(LingeringCloseTest, DestructionClosesWhatIsLeft) {
  {
    LingeringClose lingering(turns_.loop(), buffers_);
    take(lingering);
    Client second = server_.connect();
    listener_.connection_opened();
    lingering.take(server_.accept(), listener_, false);
    EXPECT_EQ(lingering.connections(), 2U);
  }
  EXPECT_EQ(listener_.connections(), 0U);
  EXPECT_TRUE(client_.ended());
}

}  // namespace
}  // namespace demo
