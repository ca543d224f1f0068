#include "proxy/connections/parting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/proxy/proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;

constexpr std::string_view kBare = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";

TEST(PartingDecision, ResetsOnlyWhatWasAnsweredWithoutABody) {
  EXPECT_EQ(parting({.answered = true}), Parting::kReset);
  EXPECT_EQ(parting({.answered = true, .will_end = true}), Parting::kReset);
  for (const bool answered : {false, true}) {
    for (const bool will_end : {false, true}) {
      EXPECT_NE(parting({answered, true, will_end, false}), Parting::kReset);
      EXPECT_NE(parting({false, answered, will_end, false}), Parting::kReset);
    }
  }
}

TEST(PartingDecision, WaitsAfterABodyForABackendThatIsToClose) {
  EXPECT_EQ(parting({.answered = true, .had_body = true, .will_end = true}), Parting::kWait);
  EXPECT_EQ(parting({.answered = true, .had_body = true, .will_end = false}), Parting::kFin);
}

TEST(PartingDecision, IsSecondWhereTheBackendClosedFirst) {
  for (const bool had_body : {false, true}) {
    EXPECT_EQ(parting({true, had_body, true, true}), Parting::kFin);
  }
}

class PartingTest : public WithBackend {
 protected:
  void keep_none() {
    proxy.snapshot.backend_keepalive.enabled = false;
    proxy.apply();
  }
  // A request that was answered, and whose backend keeps its end open.
  Pair answered(std::string_view request = kGet) {
    Pair pair = send_head(request);
    pair.served.send(kBare);
    EXPECT_THAT(pair.client.read_message(), EndsWith("x"));
    return pair;
  }
  bool all_closed() {
    return proxy.eventually([&] { return proxy.backend_stats().connections_open.get() == 0; });
  }
};

TEST_F(PartingTest, OfAnAnsweredRequestCostsNoPort) {
  keep_none();
  Pair pair = answered();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(pair.served.was_reset());
}

TEST_F(PartingTest, BehindAProxyHeaderCostsNoPort) {
  proxy.pool().send_proxy_protocol = SendProxyProtocol::kV1;
  proxy.apply();
  Pair pair = answered();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(pair.served.was_reset());
}

TEST_F(PartingTest, OfAnIdleConnectionCostsNoPort) {
  Pair pair = answered();
  keep_none();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(pair.served.was_reset());
}

TEST_F(PartingTest, WhereTheBackendSaysCloseCostsNoPort) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_THAT(pair.client.read_message(), EndsWith("x"));
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(pair.served.was_reset());
}

// The kernel has acknowledged the body; the backend answered it unread.
TEST_F(PartingTest, AfterAnEarlyAnswerLeavesTheBackendTheBody) {
  keep_none();
  Pair pair = answered(kPost);
  EXPECT_FALSE(pair.served.ended());
  EXPECT_EQ(pair.served.read_bytes(4), "body");
  pair.served.close();
  EXPECT_TRUE(all_closed());
}

TEST_F(PartingTest, AfterABodyEndsWithoutAResetWhenTheBackendDoesNotClose) {
  keep_none();
  Pair pair = answered(kPost);
  EXPECT_EQ(pair.served.read_to_end(), "body");
  EXPECT_FALSE(pair.served.was_reset());
}

TEST_F(PartingTest, AfterABodyOnAKeptConnectionIsNoReset) {
  Pair pair = answered(kPost);
  keep_none();
  EXPECT_EQ(pair.served.read_to_end(), "body");
  EXPECT_FALSE(pair.served.was_reset());
}

TEST_F(PartingTest, DoesNotHoldAPlaceUnderALimit) {
  proxy.pool().members[0].max_connections = 1;
  keep_none();
  Pair pair = answered(kPost);
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(pair.served.read_to_end(), "body");
  EXPECT_FALSE(pair.served.was_reset());
}

TEST_F(PartingTest, DropsWhatComesBeforeTheBackendsEnd) {
  keep_none();
  Pair pair = answered(kPost);
  pair.served.send("unasked");
  pair.served.finish();
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(pair.served.read_to_end(), "body");
  EXPECT_FALSE(pair.served.was_reset());
}

TEST_F(PartingTest, OutlivesItsBackendInTheSettings) {
  keep_none();
  Pair pair = answered(kPost);
  proxy.pool().members.clear();
  proxy.apply();
  EXPECT_EQ(pair.served.read_bytes(4), "body");
  pair.served.close();
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(PartingTest, FromAnUnansweredRequestIsNoReset) {
  Pair pair = send_head(kPost);
  pair.client.reset();
  EXPECT_EQ(pair.served.read_to_end(), "body");
  EXPECT_FALSE(pair.served.was_reset());
}

}  // namespace
}  // namespace demo::test
