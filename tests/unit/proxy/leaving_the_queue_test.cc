#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using testing::EndsWith;
using testing::StartsWith;

// Clients that leave while they wait: the place goes to those behind them.
class LeavingClient : public WithBackend {
 protected:
  LeavingClient() {
    proxy.pool().members[0].max_connections = 1;
    proxy.apply();
  }
  bool queued(std::uint64_t count) {
    return proxy.eventually([&] { return proxy.backend_stats().queued.get() == count; });
  }
  // A client that waits leaves in this way; whether its request still reached the backend.
  bool still_served(const std::function<void(TestPeer&)>& leave) {
    Pair first = send_head(kGet);
    TestPeer leaving = proxy.connect();
    leaving.send("GET /left HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(queued(1));
    TestPeer next = proxy.connect();
    next.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(queued(2));
    leave(leaving);
    // Seen before the connection that becomes free, or never.
    EXPECT_TRUE(waits_on_ || queued(1));
    first.served.send(ok_response("1"));
    const bool served = first.served.read_message().starts_with("GET /left ");
    first.served.send(ok_response("2"));
    if (served) {
      EXPECT_THAT(leaving.read_message(), EndsWith("2"));
      EXPECT_THAT(first.served.read_message(), StartsWith("GET /next "));
      first.served.send(ok_response("2"));
    }
    EXPECT_THAT(next.read_message(), EndsWith("2"));
    return served;
  }
  bool waits_on_ = false;
};

TEST_F(LeavingClient, ThatResetsIsForgotten) {
  EXPECT_FALSE(still_served([](TestPeer& client) { client.reset(); }));
}

TEST_F(LeavingClient, ThatClosesIsForgotten) {
  EXPECT_FALSE(still_served([](TestPeer& client) { client.close(); }));
}

TEST_F(LeavingClient, ThatEndsItsSideIsForgotten) {
  EXPECT_FALSE(still_served([](TestPeer& client) { client.finish(); }));
}

TEST_F(LeavingClient, ThatEndsItsSideIsServedWhereThePoolSaysSo) {
  proxy.pool().abort_on_close = false;
  proxy.apply();
  waits_on_ = true;
  EXPECT_TRUE(still_served([](TestPeer& client) { client.finish(); }));
}

TEST_F(LeavingClient, ThatResetsIsForgottenWhateverThePoolSays) {
  proxy.pool().abort_on_close = false;
  proxy.apply();
  EXPECT_FALSE(still_served([](TestPeer& client) { client.reset(); }));
}

TEST_F(LeavingClient, OfATcpListenerEndsItsSideAndIsServed) {
  proxy.use_tcp_mode();
  TestPeer first = proxy.connect();
  TestPeer held = backend.accept();
  TestPeer leaving = proxy.connect("question");
  EXPECT_TRUE(queued(1));
  leaving.finish();
  first.close();
  EXPECT_TRUE(held.wait_for_end());
  held.close();
  TestPeer served = backend.accept();
  EXPECT_EQ(served.read_to_end(), "question");
  served.send("answer");
  served.close();
  EXPECT_EQ(leaving.read_to_end(), "answer");
}

TEST_F(LeavingClient, OfATcpListenerThatResetsIsForgotten) {
  proxy.use_tcp_mode();
  TestPeer first = proxy.connect();
  TestPeer held = backend.accept();
  TestPeer leaving = proxy.connect("question");
  EXPECT_TRUE(queued(1));
  leaving.reset();
  EXPECT_TRUE(queued(0));
}

}  // namespace
}  // namespace demo::test
