#include <gtest/gtest.h>

#include <memory>

#include "call_count.h"
#include "proxy_harness.h"

// Clients that epoll has no room for, after what could be done for them without waiting. They end, since
// nobody would hear of them again; it is nothing that they did.

namespace demo::test {
namespace {

class UnwatchedClient : public WithBackend {
 protected:
  ~UnwatchedClient() override {
    proxy.in_loop([this] { shortage_.reset(); });
  }
  void run_short() {
    proxy.in_loop([this] { shortage_ = std::make_unique<NoMoreWatches>(); });
  }
  void expect_nobody_blamed() {
    const WorkerStats& stats = proxy.stats().worker;
    EXPECT_TRUE(client_connections_end());
    EXPECT_EQ(stats.aborts_idle.get() + stats.aborts_head.get() + stats.aborts_body.get() +
                  stats.aborts_waiting.get() + stats.aborts_receiving.get(),
              0U);
    EXPECT_EQ(stats.read_errors.get() + stats.write_errors.get() + stats.timeouts.get(), 0U);
  }

 private:
  std::unique_ptr<NoMoreWatches> shortage_;
};

TEST_F(UnwatchedClient, ThatIsSilentEnds) {
  run_short();
  TestPeer client = proxy.connect();
  EXPECT_TRUE(client.wait_for_end());
  expect_nobody_blamed();
}

TEST_F(UnwatchedClient, InItsHeadEnds) {
  run_short();
  TestPeer client = proxy.connect(kGet.substr(0, 9));
  EXPECT_TRUE(client.wait_for_end());
  expect_nobody_blamed();
}

TEST_F(UnwatchedClient, InItsBodyEnds) {
  // A backend connection that is watched already.
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("kept"));
  pair.client.read_message();
  pair.client.close();
  EXPECT_TRUE(client_connections_end());
  run_short();
  TestPeer client = proxy.connect(kPost.substr(0, kPost.size() - 4));
  EXPECT_TRUE(client.wait_for_end());
  EXPECT_TRUE(client.was_reset());
  expect_nobody_blamed();
}

}  // namespace
}  // namespace demo::test
