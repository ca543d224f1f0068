#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"
#include "quota/quota.h"

namespace demo::test {
namespace {

using testing::EndsWith;
using testing::StartsWith;

constexpr std::uint32_t kGate = 0;
constexpr unsigned kSeat = 1;

// A proxy with one backend whose connections are limited, and another worker, which the test plays.
class SharedLimit : public WithBackend {
 protected:
  SharedLimit() {
    proxy.quota_keeper().take_seat(kSeat);
    limit(1);
  }
  ~SharedLimit() override { proxy.quota_keeper().free_seat(kSeat); }

  void limit(unsigned most) {
    proxy.pool().members[0].max_connections = most;
    proxy.apply();
  }
  // What a worker does when its bell was rung.
  void ring() {
    proxy.in_loop([this] { proxy.http().hear_others(); });
  }
  bool queued(std::uint64_t count) {
    return proxy.eventually([&] { return proxy.backend_stats().queued.get() == count; });
  }
  TestPeer waiting_client() {
    TestPeer client = proxy.connect();
    client.send(kGet);
    EXPECT_TRUE(queued(1));
    // The turn in which it came ends with a look at the queue, which a limit that changes now would reach.
    proxy.in_loop([] {});
    return client;
  }
  // A request that is answered and leaves its connection in the pool.
  Pair idle() {
    Pair pair = send_head(kGet);
    pair.served.send(ok_response("kept"));
    EXPECT_THAT(pair.client.read_message(), EndsWith("kept"));
    return pair;
  }
  void serve(TestPeer& client) {
    TestPeer served = backend.accept();
    EXPECT_THAT(served.read_message(), StartsWith("GET "));
    served.send(ok_response("at last"));
    EXPECT_THAT(client.read_message(), EndsWith("at last"));
  }

  QuotaArea area_ = shared_area(proxy.quota_keeper().area());
  Quota other_{area_, kSeat};
};

TEST_F(SharedLimit, ASlotOfAnotherWorkerCounts) {
  ASSERT_TRUE(other_.claim(kGate));
  TestPeer client = waiting_client();
  EXPECT_FALSE(backend.has_connection());
  other_.release(kGate);
  ring();
  serve(client);
}

TEST_F(SharedLimit, AnotherWorkersDeathMakesRoom) {
  ASSERT_TRUE(other_.claim(kGate));
  TestPeer client = waiting_client();
  proxy.quota_keeper().free_seat(kSeat);
  ring();
  serve(client);
}

TEST_F(SharedLimit, AnUnusedConnectionCountsUntilAnotherWorkerNeedsIt) {
  Pair pair = idle();
  EXPECT_FALSE(other_.claim(kGate));
  other_.wait(kGate, 1);
  EXPECT_FALSE(other_.has_room(kGate));
  ring();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(other_.claim_in_turn(kGate));
  other_.stop_waiting(kGate);
}

TEST_F(SharedLimit, AConnectionIsNotKeptWhileAnotherWorkerWaits) {
  Pair pair = send_head(kGet);
  other_.wait(kGate, 1);
  pair.served.send(ok_response("last"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("last"));
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(proxy.eventually([&] { return other_.has_room(kGate); }));
  EXPECT_TRUE(other_.claim_in_turn(kGate));
  other_.stop_waiting(kGate);
}

TEST_F(SharedLimit, AConnectionIsKeptForWhoWaitsHereLonger) {
  Pair pair = send_head(kGet);
  TestPeer second = waiting_client();
  other_.wait(kGate, UINT64_MAX);
  pair.served.send(ok_response("1"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("1"));
  EXPECT_THAT(pair.served.read_message(), StartsWith("GET "));
  pair.served.send(ok_response("2"));
  EXPECT_THAT(second.read_message(), EndsWith("2"));
  EXPECT_TRUE(pair.served.wait_for_end()) << "the other worker is next";
  other_.stop_waiting(kGate);
}

TEST_F(SharedLimit, WhoWaitsForAFreshConnectionIsLentNoUsedOne) {
  Pair pair = send_head(kGet);
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  client.send("bytes");
  EXPECT_TRUE(queued(1));
  pair.served.send(ok_response("kept"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("kept"));
  TestPeer fresh = backend.accept();
  EXPECT_EQ(fresh.read_bytes(5), "bytes");
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(SharedLimit, OnePipelineLeavesRoomForOthers) {
  Pair pair = send_head(kGet);
  TestPeer second = waiting_client();
  pair.client.send(kGet);
  pair.client.send(kGet);
  pair.served.send(ok_response("1"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("1"));
  EXPECT_THAT(pair.served.read_message(), StartsWith("GET "));
  pair.served.send(ok_response("the other's"));
  EXPECT_THAT(second.read_message(), EndsWith("the other's"));
}

TEST_F(SharedLimit, ARequestDoesNotOvertakeWhoWaitsElsewhere) {
  other_.wait(kGate, 1);
  TestPeer client = waiting_client();
  EXPECT_FALSE(backend.has_connection());
  other_.stop_waiting(kGate);
  ring();
  serve(client);
}

TEST_F(SharedLimit, ALimitThatComesLaterCountsWhatIsThere) {
  limit(0);
  Pair pair = send_head(kGet);
  EXPECT_TRUE(other_.claim(kGate));
  other_.release(kGate);
  limit(1);
  EXPECT_FALSE(other_.claim(kGate));
  limit(0);
  proxy.quota_keeper().set_limits({1});
  EXPECT_TRUE(other_.claim(kGate)) << "what has no limit is not counted";
  pair.served.send(ok_response("done"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("done"));
}

TEST_F(SharedLimit, ALowerLimitClosesUnusedConnectionsBeyondIt) {
  limit(2);
  Pair first = send_head(kGet);
  Pair second = idle();
  first.served.send(ok_response("1"));
  EXPECT_THAT(first.client.read_message(), EndsWith("1"));
  EXPECT_FALSE(other_.has_room(kGate));
  limit(1);
  EXPECT_TRUE(second.served.wait_for_end());
  EXPECT_FALSE(first.served.ended());
}

TEST_F(SharedLimit, ABackendThatRefusesKeepsNoSlot) {
  backend.close();
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_TRUE(other_.claim(kGate));
}

TEST_F(SharedLimit, AMemberThatGoesLeavesNothingBehind) {
  ASSERT_TRUE(other_.claim(kGate));
  TestPeer client = waiting_client();
  proxy.pool().members.clear();
  proxy.apply();
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 503 "));
  EXPECT_FALSE(other_.anyone_waits(kGate));
}

}  // namespace
}  // namespace demo::test
