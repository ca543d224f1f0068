#include <gmock/gmock.h>

#include "server/body_file.h"
#include "server_rig.h"

// Raw listeners: the configured response to whatever bytes arrive.

namespace demo {
namespace {

using std::chrono::milliseconds;

class RawMode : public ServerRig {
 protected:
  RawMode() { listener.taker = &raw; }
  void set_keepalive(bool enabled) {
    snapshot.client_keepalive.enabled = enabled;
    apply();
  }
};

TEST_F(RawMode, AnswersWhateverArrives) {
  Client client = connect();
  for (const std::string& bytes : {std::string("x"), std::string("\0\r\n\xff", 4), std::string(kGet),
                                   std::string(kPost), std::string(20'000, '\n')}) {
    const TestResponse response = ask(client, bytes);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "OK\n");
    EXPECT_FALSE(response.closes());
    EXPECT_TRUE(quiet(client));
  }
  EXPECT_EQ(page->worker.requests.get(), 5U);
  EXPECT_EQ(page->worker.responses_2xx.get(), 5U);
  EXPECT_EQ(page->listeners[0].requests.get(), 5U);
}

TEST_F(RawMode, AnswersOncePerArrivalNotPerRequest) {
  Client client = connect();
  client.send(std::string(kGet) + std::string(kGet));
  EXPECT_EQ(answer(client).status, 200);
  EXPECT_TRUE(quiet(client));
}

TEST_F(RawMode, ClosesWithoutKeepalive) {
  set_keepalive(false);
  Client client = connect();
  EXPECT_TRUE(ask(client, "anything").closes());
  EXPECT_TRUE(closed(client));
  EXPECT_TRUE(all_closed());
}

TEST_F(RawMode, LargeBodyIsSentWholeAndNotLostToBytesBehindIt) {
  set_keepalive(false);
  snapshot.response.body_size = 300'000;
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send("anything");
  turns.settle();
  client.send(std::string(2000, 'x'));
  EXPECT_TRUE(answer(client).body == body_pattern(300'000));
  EXPECT_TRUE(closed(client));
  client.close();
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(buffers.lent(), 0U);
}

TEST_F(RawMode, LargeBodiesFollowEachOther) {
  snapshot.response.body_size = 300'000;
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(client, "more").body.size(), 300'000U);
  client.send("one");
  turns.settle();
  client.send("two");
  EXPECT_EQ(answer(client).body.size(), 300'000U);
  EXPECT_EQ(answer(client).body.size(), 300'000U) << "bytes that came meanwhile are answered";
}

TEST_F(RawMode, AnswerIsNotLostToBytesThatWereNotRead) {
  set_keepalive(false);
  Client client = connect();
  client.send(std::string(200'000, 'x'));
  EXPECT_TRUE(answer(client).closes());
  EXPECT_TRUE(closed(client));
  EXPECT_FALSE(client.reset());
}

TEST_F(RawMode, CountsTheStatusThatItSends) {
  snapshot.response.status = 503;
  apply();
  Client client = connect();
  EXPECT_EQ(ask(client, "x").status, 503);
  EXPECT_EQ(page->worker.responses_5xx.get(), 1U);
  EXPECT_EQ(page->worker.responses_2xx.get(), 0U);
}

TEST_F(RawMode, SwitchingKeepaliveOffClosesIdleConnections) {
  Client client = connect();
  ask(client, "x");
  set_keepalive(false);
  EXPECT_TRUE(closed(client));
  EXPECT_TRUE(all_closed());
}

TEST_F(RawMode, BytesThatCrossTheSwitchingOffAreAnswered) {
  Client client = connect();
  ask(client, "x");
  client.send("y");
  set_keepalive(false);
  EXPECT_TRUE(answer(client).closes());
  EXPECT_TRUE(closed(client));
}

TEST_F(RawMode, DrainClosesIdleConnectionsAndCutsNoResponse) {
  snapshot.response.body_size = 400'000;
  apply();
  Client idle = connect();
  Client busy = connect({.send = 4096, .client_receive = 4096});
  busy.send("x");
  turns.settle();
  raw.drain();
  EXPECT_TRUE(closed(idle));
  EXPECT_EQ(answer(busy).body.size(), 400'000U);
  EXPECT_TRUE(closed(busy));
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(raw.connections(), 0U);
}

TEST_F(RawMode, RemovedListenerCutsNoResponse) {
  snapshot.response.body_size = 400'000;
  apply();
  Client idle = connect();
  Client busy = connect({.send = 4096, .client_receive = 4096});
  busy.send("x");
  turns.settle();
  listener.removed = true;
  raw.leave({&listener});
  EXPECT_EQ(answer(busy).body.size(), 400'000U);
  EXPECT_TRUE(closed(busy));
  EXPECT_TRUE(closed(idle));
}

TEST_F(RawMode, ConnectionsMoveToTheRoomThatServesTheListenerNow) {
  snapshot.response.body_size = 400'000;
  apply();
  Client idle = connect();
  ask(idle, "x");
  Client busy = connect({.send = 4096, .client_receive = 4096});
  busy.send("x");
  turns.settle();
  listener.taker = &http;
  raw.leave({&listener});
  EXPECT_EQ(http.connections(), 1U);
  EXPECT_EQ(ask(idle, "nonsense\r\n\r\n").status, 400) << "requests are parsed now";
  EXPECT_EQ(answer(busy).body.size(), 400'000U);
  EXPECT_EQ(ask(busy, get_of("/?s=7")).body.size(), 7U);
  EXPECT_EQ(raw.connections(), 0U);
}

TEST_F(RawMode, CutClosesEverything) {
  Client first = connect();
  Client second = connect();
  EXPECT_EQ(raw.cut(), 2U);
  EXPECT_EQ(listener.connections(), 0U);
  turns.settle();
}

TEST_F(RawMode, IdleConnectionsEndInTime) {
  snapshot.client_timeouts.head = milliseconds(50);
  snapshot.client_keepalive.idle_timeout = milliseconds(50);
  apply();
  Client silent = connect();
  Client used = connect();
  ask(used, "x");
  EXPECT_TRUE(closed(silent));
  EXPECT_TRUE(closed(used));
}

TEST_F(RawMode, ReaderThatTakesNothingIsCutOffWithAReset) {
  snapshot.client_timeouts.write = milliseconds(50);
  snapshot.response.body_size = 8 << 20;
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send("x");
  EXPECT_TRUE(all_closed());
  EXPECT_TRUE(client.reset()) << "it looks as if all had come";
  EXPECT_EQ(page->worker.timeouts.get(), 1U);
}

TEST_F(RawMode, ClientThatLeavesIsForgotten) {
  Client ended = connect();
  ask(ended, "x");
  ended.close();
  EXPECT_TRUE(all_closed());
  Client reset = connect();
  ask(reset, "x");
  reset.abort_connection();
  EXPECT_TRUE(all_closed());
}

TEST_F(RawMode, TakenConnectionIsAnsweredForWhatItBrings) {
  Client client = server.connect();
  listener.connection_opened();
  raw.take(server.accept(), listener, nullptr, "already here", 0);
  EXPECT_EQ(answer(client).status, 200);
  EXPECT_EQ(ask(client, "x").status, 200);
}

}  // namespace
}  // namespace demo
