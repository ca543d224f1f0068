#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class PooledConnection : public WithBackend {
 protected:
  // A client and a backend connection that have served a request and are idle.
  Pair warm_up() {
    Pair pair = send_head(kGet);
    pair.served.send(ok_response("warm"));
    EXPECT_THAT(pair.client.read_message(), EndsWith("warm"));
    EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.backend_connections_idle.get() == 1; }));
    return pair;
  }
};

TEST_F(PooledConnection, LeavesThePoolWhenTheBackendClosesIt) {
  Pair pair = warm_up();
  pair.served.close();
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(PooledConnection, IsClosedAfterItsIdleTime) {
  proxy.snapshot.backend_keepalive.idle_timeout = milliseconds(50);
  proxy.apply();
  Pair pair = warm_up();
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(PooledConnection, ThatDiesUnderARequestSendsItAgain) {
  Pair pair = warm_up();
  pair.client.send(kGet);
  pair.served.read_message();
  pair.served.close();
  TestPeer next = backend.accept();
  EXPECT_EQ(next.read_message(), kGet);
  next.send(ok_response("again"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("again"));
  EXPECT_EQ(proxy.backend_stats().retries.get(), 1U);
}

TEST_F(PooledConnection, ThatIsResetUnderARequestSendsItAgain) {
  Pair pair = warm_up();
  pair.client.send(kGet);
  pair.served.read_message();
  pair.served.reset();
  TestPeer next = backend.accept();
  EXPECT_EQ(next.read_message(), kGet);
  next.send(ok_response("again"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("again"));
}

TEST_F(PooledConnection, ThatDiesUnderAPutWithItsBodySendsBothAgain) {
  constexpr std::string_view kPut = "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";
  Pair pair = warm_up();
  pair.client.send(kPut);
  EXPECT_EQ(pair.served.read_message(), kPut);
  pair.served.close();
  TestPeer next = backend.accept();
  EXPECT_EQ(next.read_message(), kPut);
  next.send(ok_response("again"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("again"));
}

TEST_F(PooledConnection, ThatRestedTooLongForTheBackendIsNotAnsweredWithItsTimeout) {
  Pair pair = warm_up();
  pair.client.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(pair.served.read_message(), StartsWith("GET /b "));
  pair.served.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate");
  pair.served.close();
  TestPeer next = backend.accept();
  EXPECT_THAT(next.read_message(), StartsWith("GET /b "));
  next.send(ok_response("fine"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("fine"));
}

TEST_F(PooledConnection, TimeoutOfANewConnectionIsItsAnswer) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nlate");
  EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(PooledConnection, ThatDiesUnderAPostIsA502) {
  Pair pair = warm_up();
  pair.client.send(kPost);
  pair.served.read_message();
  pair.served.close();
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_FALSE(backend.has_connection());
}

TEST_F(PooledConnection, ThatEndedIsNotGivenAPostEvenBeforeEpollTellsOfIt) {
  Pair pair = warm_up();
  // Both are there when the loop looks, and the client comes first.
  proxy.in_loop([&] {
    pair.client.send(kPost);
    pair.served.close();
  });
  TestPeer next = backend.accept();
  EXPECT_EQ(next.read_message(), kPost);
  next.send(ok_response("once"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("once"));
}

TEST_F(PooledConnection, ThatEndedIsNotGivenAnUploadThatCannotBeSentAgain) {
  Pair pair = warm_up();
  const std::string head = "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 40000\r\n\r\n";
  const std::string body(40'000, 'b');
  proxy.in_loop([&] {
    pair.client.send(head + body);
    pair.served.close();
  });
  TestPeer next = backend.accept();
  EXPECT_EQ(next.read_until("\r\n\r\n"), head);
  EXPECT_EQ(next.read_bytes(body.size()), body);
  next.send(ok_response("once"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("once"));
}

TEST_F(PooledConnection, ThatDiedAfterAByteOfTheResponseIsA502) {
  Pair pair = warm_up();
  pair.client.send(kGet);
  pair.served.read_message();
  pair.served.send("HTTP/1.1 2");
  pair.served.close();
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_FALSE(backend.has_connection());
}

TEST_F(PooledConnection, IsTakenLastInFirstOut) {
  Pair first = send_head(kGet);
  Pair second = send_head(kGet);
  first.served.send(ok_response("1"));
  EXPECT_THAT(first.client.read_message(), EndsWith("1"));
  second.served.send(ok_response("2"));
  EXPECT_THAT(second.client.read_message(), EndsWith("2"));
  first.client.send(kGet);
  EXPECT_EQ(second.served.read_message(), kGet);
  EXPECT_TRUE(first.served.silent());
}

TEST_F(PooledConnection, IsNotKeptWhenTheBackendSaysClose) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  EXPECT_THAT(pair.client.read_message(), EndsWith("ok"));
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(PooledConnection, IsNotKeptWhenKeepaliveIsTurnedOff) {
  Pair pair = warm_up();
  proxy.snapshot.backend_keepalive.enabled = false;
  proxy.apply();
  EXPECT_TRUE(pair.served.wait_for_end());
  pair.client.send(kGet);
  TestPeer next = backend.accept();
  EXPECT_THAT(next.read_message(), HasSubstr("Connection: close\r\n"));
  next.send(ok_response("x"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("x"));
  EXPECT_TRUE(next.wait_for_end());
}

// The next request on a connection that was kept would get the stray answer, when it comes at the wrong
// moment.
class StrayAnswer : public PooledConnection {
 protected:
  StrayAnswer() : other_(warm_up()), pair_(send_head_on_a_new_one()) {}

  void expect_that_nothing_is_kept() {
    EXPECT_TRUE(pair_.served.wait_for_end());
    EXPECT_TRUE(other_.served.wait_for_end());
    expect_no_keeping();
  }
  void expect_no_keeping() {
    pair_.client.send(kGet);
    TestPeer next = backend.accept();
    next.read_message();
    next.send(ok_response("own"));
    EXPECT_THAT(pair_.client.read_message(), EndsWith("own"));
    EXPECT_TRUE(next.wait_for_end());
  }

  Pair other_;
  Pair pair_;

 private:
  // While the other one is in use, which is idle again then.
  Pair send_head_on_a_new_one() {
    other_.client.send(kGet);
    other_.served.read_message();
    Pair pair = send_head(kGet);
    other_.served.send(ok_response("warm"));
    EXPECT_THAT(other_.client.read_message(), EndsWith("warm"));
    return pair;
  }
};

TEST_F(StrayAnswer, BehindAResponseEndsTheKeepingOfConnections) {
  pair_.served.send(ok_response("x") + ok_response("stray"));
  EXPECT_THAT(pair_.client.read_message(), EndsWith("x"));
  expect_that_nothing_is_kept();
}

TEST_F(StrayAnswer, OnAnIdleConnectionEndsTheKeepingOfConnections) {
  pair_.served.send(ok_response("x"));
  EXPECT_THAT(pair_.client.read_message(), EndsWith("x"));
  EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.backend_connections_idle.get() == 2; }));
  pair_.served.send(ok_response("stray"));
  expect_that_nothing_is_kept();
}

TEST_F(StrayAnswer, ThatAnotherWorkerSawEndsTheKeepingOfConnections) {
  pair_.served.send(ok_response("x"));
  EXPECT_THAT(pair_.client.read_message(), EndsWith("x"));
  EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.backend_connections_idle.get() == 2; }));
  proxy.in_loop([&] { proxy.http().distrust(backend.address(), std::chrono::minutes(1)); });
  expect_that_nothing_is_kept();
  EXPECT_THAT(proxy.notices(), testing::IsEmpty());
}

// Of as many workers as there are, one tells that it lasts.
TEST_F(StrayAnswer, ThatAnotherWorkerToldIsNotToldAgainAtOnce) {
  proxy.in_loop([&] { proxy.http().distrust(backend.address(), std::chrono::minutes(1)); });
  pair_.served.send(ok_response("x") + ok_response("stray"));
  EXPECT_THAT(pair_.client.read_message(), EndsWith("x"));
  expect_that_nothing_is_kept();
  EXPECT_THAT(proxy.notices(), testing::IsEmpty());
}

// Whoever has the address: the same backend added anew, or one of a pool by another name.
TEST_F(StrayAnswer, IsRememberedByAddress) {
  pair_.served.send(ok_response("x") + ok_response("stray"));
  EXPECT_THAT(pair_.client.read_message(), EndsWith("x"));
  expect_that_nothing_is_kept();
  for (const char* pool : {"default", "other", "default"}) {
    const std::vector<SnapshotPool> before = proxy.snapshot.pools;
    proxy.snapshot.pools.clear();
    proxy.apply();
    proxy.snapshot.pools = before;
    proxy.snapshot.pools[0].name = pool;
    proxy.snapshot.listeners[0].pool = pool;
    proxy.apply();
    expect_no_keeping();
  }
}

TEST_F(PooledConnection, IsKeptWhereABackendTellsOfItsTimeout) {
  Pair pair = warm_up();
  pair.served.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(pair.served.wait_for_end());
  pair.client.send(kGet);
  TestPeer next = backend.accept();
  next.read_message();
  next.send(ok_response("own"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("own"));
  pair.client.send(kGet);
  EXPECT_EQ(next.read_message(), kGet);
}

TEST_F(PooledConnection, IsKeptAfterALargeSplicedBody) {
  Pair pair = send_head(kGet);
  const std::string body(3'000'000, 'y');
  std::thread answerer([&] { pair.served.send(ok_response(body)); });
  EXPECT_THAT(pair.client.read_message(), EndsWith(body));
  answerer.join();
  pair.client.send(kGet);
  EXPECT_EQ(pair.served.read_message(), kGet);
}

TEST_F(PooledConnection, WaitsInTheQueueForARoomUnderTheLimit) {
  proxy.pool().members[0].max_connections = 1;
  proxy.apply();
  Pair first = send_head(kGet);
  TestPeer second = proxy.connect();
  second.send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().queued.get() == 1; }));
  EXPECT_FALSE(backend.has_connection());
  first.served.send(ok_response("1"));
  EXPECT_THAT(first.client.read_message(), EndsWith("1"));
  EXPECT_THAT(first.served.read_message(), StartsWith("GET /second "));
  first.served.send(ok_response("2"));
  EXPECT_THAT(second.read_message(), EndsWith("2"));
  EXPECT_EQ(proxy.backend_stats().queued.get(), 0U);
}

TEST_F(PooledConnection, QueueEndsWith503AfterItsTime) {
  proxy.pool().members[0].max_connections = 1;
  proxy.pool().timeouts.queue = milliseconds(100);
  proxy.apply();
  Pair first = send_head(kGet);
  TestPeer second = proxy.connect();
  second.send(kGet);
  const std::string response = second.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(response, HasSubstr("waited too long"));
  EXPECT_EQ(proxy.backend_stats().queued.get(), 0U);
  EXPECT_EQ(proxy.backend_stats().queue_timeouts.get(), 1U);
}

TEST_F(PooledConnection, QueueThatIsFullAnswers503AtOnce) {
  proxy.pool().members[0].max_connections = 1;
  proxy.pool().queue_limit = 1;
  proxy.apply();
  Pair first = send_head(kGet);
  TestPeer second = proxy.connect();
  second.send(kGet);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().queued.get() == 1; }));
  TestPeer third = proxy.connect();
  third.send(kGet);
  const std::string response = third.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(response, HasSubstr("queue is full"));
  EXPECT_EQ(proxy.backend_stats().queue_full.get(), 1U);
  second.reset();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().queued.get() == 0; }));
}

}  // namespace
}  // namespace demo::test
