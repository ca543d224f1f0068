#include <gmock/gmock.h>

#include "server_rig.h"

// Slow heads, bodies and readers, idle connections: each ended by its own time-out.

namespace demo {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{60};
constexpr milliseconds kLong{30'000};

class SessionTimeouts : public ServerRig {
 protected:
  SessionTimeouts() {
    snapshot.client_timeouts = {.head = kLong, .body = kLong, .request = kLong, .write = kLong};
    snapshot.client_keepalive.idle_timeout = kLong;
    apply();
  }
  // Turns for the time, doing something as often as it is due.
  template <typename Action>
  void repeat(milliseconds every, int times, Action action) {
    for (int i = 0; i < times; ++i) {
      turns.during(every);
      action();
    }
  }
};

TEST_F(SessionTimeouts, ConnectionThatSendsNothingIsClosedSilently) {
  snapshot.client_timeouts.head = kShort;
  apply();
  Client client = connect();
  EXPECT_TRUE(closed(client));
  EXPECT_EQ(page->worker.timeouts.get(), 0U) << "no request was cut off";
}

TEST_F(SessionTimeouts, HeadThatIsNotCompleteInTimeIsAnswered408) {
  snapshot.client_timeouts.head = kShort;
  apply();
  Client client = connect();
  client.send(kGet.substr(0, 10));
  EXPECT_EQ(answer(client).status, 408);
  EXPECT_TRUE(closed(client));
  EXPECT_EQ(page->worker.timeouts.get(), 1U);
  EXPECT_EQ(page->worker.responses_4xx.get(), 1U);
}

TEST_F(SessionTimeouts, TrickledHeadDoesNotGainTime) {
  snapshot.client_timeouts.head = milliseconds(100);
  apply();
  Client client = connect();
  std::size_t sent = 0;
  ASSERT_TRUE(turns.until([&] {
    turns.during(milliseconds(15));
    if (sent < kGet.size() - 1) client.send(kGet.substr(sent++, 1));
    client.read();
    return !client.received().empty();
  }));
  EXPECT_EQ(answer(client).status, 408);
}

TEST_F(SessionTimeouts, EachOfManyPipelinedHeadsHasItsOwnTime) {
  // Every segment completes a head and begins the next: no single one is slow.
  snapshot.client_timeouts.head = milliseconds(200);
  apply();
  Client client = connect();
  client.send(kGet.substr(0, 20));
  for (int i = 0; i < 12; ++i) {
    turns.during(milliseconds(50));
    client.send(std::string(kGet.substr(20)) + std::string(kGet.substr(0, 20)));
    EXPECT_EQ(answer(client).status, 200) << i;
  }
}

TEST_F(SessionTimeouts, SecondHeadHasTheHeadTimeToo) {
  snapshot.client_timeouts.head = kShort;
  apply();
  Client client = connect();
  EXPECT_EQ(ask(client, kGet).status, 200);
  client.send(kGet.substr(0, 10));
  EXPECT_EQ(answer(client).status, 408);
}

TEST_F(SessionTimeouts, HeadAfterALargeResponseHasTheHeadTimeToo) {
  snapshot.client_timeouts.head = kShort;
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  const std::string request = get_of("/?s=256k");
  client.send(request.substr(0, 10));
  turns.settle();
  client.send(request.substr(10) + std::string(kGet.substr(0, 10)));
  EXPECT_EQ(answer(client).body.size(), 256U << 10);
  EXPECT_EQ(answer(client).status, 408);
}

TEST_F(SessionTimeouts, SilentBodyIsAnswered408) {
  snapshot.client_timeouts.body = kShort;
  apply();
  Client client = connect();
  client.send(kPost.substr(0, kPost.size() - 1));
  EXPECT_EQ(answer(client).status, 408);
  EXPECT_TRUE(closed(client));
  EXPECT_EQ(page->worker.timeouts.get(), 1U);
}

TEST_F(SessionTimeouts, BodyThatMovesGainsTime) {
  snapshot.client_timeouts.body = milliseconds(150);
  apply();
  Client client = connect();
  client.send(kPost.substr(0, kPost.size() - 10));
  std::size_t sent = kPost.size() - 10;
  repeat(milliseconds(40), 10, [&] { client.send(kPost.substr(sent++, 1)); });
  EXPECT_EQ(answer(client).status, 200);
}

TEST_F(SessionTimeouts, WholeRequestHasADeadlineHoweverItMoves) {
  snapshot.client_timeouts.request = milliseconds(200);
  apply();
  Client client = connect();
  client.send("PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n");
  ASSERT_TRUE(turns.until([&] {
    turns.during(milliseconds(10));
    client.send_some("x");
    client.read();
    return !client.received().empty();
  }));
  EXPECT_EQ(answer(client).status, 408);
  EXPECT_EQ(page->worker.timeouts.get(), 1U);
}

TEST_F(SessionTimeouts, IdleConnectionIsClosedSilently) {
  snapshot.client_keepalive.idle_timeout = kShort;
  apply();
  Client client = connect();
  EXPECT_EQ(ask(client, kGet).status, 200);
  EXPECT_TRUE(closed(client));
  EXPECT_EQ(page->worker.timeouts.get(), 0U);
}

TEST_F(SessionTimeouts, UsedConnectionIsNotIdle) {
  snapshot.client_keepalive.idle_timeout = milliseconds(150);
  apply();
  Client client = connect();
  repeat(milliseconds(40), 10, [&] { EXPECT_EQ(ask(client, kGet).status, 200); });
}

TEST_F(SessionTimeouts, ReaderThatTakesNothingIsCutOff) {
  snapshot.client_timeouts.write = kShort;
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send(get_of("/?s=8m"));
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(page->worker.timeouts.get(), 1U);
  EXPECT_EQ(buffers.lent(), 0U);
}

TEST_F(SessionTimeouts, SlowReaderThatTakesSomethingIsServed) {
  snapshot.client_timeouts.write = milliseconds(300);
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send(get_of("/?s=300k"));
  ASSERT_TRUE(turns.until([&] {
    turns.during(milliseconds(20));
    client.read(16 * 1024);
    return client.received().size() > 300 * 1024;
  }));
  EXPECT_EQ(answer(client).body.size(), 300U << 10);
  EXPECT_EQ(page->worker.timeouts.get(), 0U);
}

TEST_F(SessionTimeouts, TimeOutWhileRespondingIsNotThatOfTheHead) {
  snapshot.client_timeouts.head = kShort;
  snapshot.client_keepalive.idle_timeout = kShort;
  apply();
  Client client = connect();
  client.send(get_of("/?t=300"));
  EXPECT_EQ(answer(client).status, 200);
}

}  // namespace
}  // namespace demo
