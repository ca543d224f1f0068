#include "supervisor/handover/notify_barrier.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <utility>

#include "base/unique_fd.h"
#include "unit/supervisor/handover/notify_socket.h"

namespace demo {
namespace {

class NotifyBarrierTest : public testing::Test {
 protected:
  // The descriptor of the next message, which is one.
  UniqueFd read_barrier() {
    auto message = manager_.next();
    if (!message || !message->fd) return {};
    EXPECT_EQ(message->text, "BARRIER=1");
    return std::move(message->fd);
  }
  void turn() {
    loop_.restart();
    loop_.poll();
  }

  boost::asio::io_context loop_;
  int passed_ = 0;

 private:
  NotifySocket manager_;
};

TEST_F(NotifyBarrierTest, PassesWhenTheManagerHasClosedWhatItGot) {
  SystemdSocket manager;
  NotifyBarrier barrier(loop_, manager, [this] { ++passed_; });
  EXPECT_FALSE(barrier.pending());
  ASSERT_TRUE(barrier.begin());
  turn();
  EXPECT_TRUE(barrier.pending());
  UniqueFd theirs = read_barrier();
  ASSERT_TRUE(theirs);
  turn();
  EXPECT_TRUE(barrier.pending());
  theirs.reset();
  turn();
  EXPECT_FALSE(barrier.pending());
  EXPECT_EQ(passed_, 1);
}

TEST_F(NotifyBarrierTest, LaterOneTakesThePlaceOfTheOneBefore) {
  SystemdSocket manager;
  NotifyBarrier barrier(loop_, manager, [this] { ++passed_; });
  ASSERT_TRUE(barrier.begin());
  ASSERT_TRUE(barrier.begin());
  read_barrier().reset();
  turn();
  EXPECT_TRUE(barrier.pending());
  EXPECT_EQ(passed_, 0);
  read_barrier().reset();
  turn();
  EXPECT_FALSE(barrier.pending());
  EXPECT_EQ(passed_, 1);
}

TEST_F(NotifyBarrierTest, BeginsNoneWhereTheManagerHasNoRoom) {
  SystemdSocket manager;
  NotifyBarrier barrier(loop_, manager, [this] { ++passed_; });
  while (barrier.begin()) {
  }
  EXPECT_TRUE(barrier.pending()) << "the last one that it took";
  EXPECT_TRUE(read_barrier());
}

}  // namespace
}  // namespace demo
