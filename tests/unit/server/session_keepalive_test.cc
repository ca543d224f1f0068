#include <gmock/gmock.h>

#include "server_rig.h"

// How long a connection of server mode lives: version, field, setting, number of requests, drain, listener.

namespace demo {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kGet10 = "GET / HTTP/1.0\r\n\r\n";
constexpr std::string_view kGet10Keep = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

class SessionKeepalive : public ServerRig {
 protected:
  void set_keepalive(bool enabled) {
    snapshot.client_keepalive.enabled = enabled;
    apply();
  }
};

TEST_F(SessionKeepalive, Http11PersistsUntilAskedToClose) {
  Client client = connect();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(ask(client, kGet).closes());
  EXPECT_TRUE(ask(client, kGetClose).closes());
  EXPECT_TRUE(closed(client));
  EXPECT_TRUE(all_closed());
}

TEST_F(SessionKeepalive, Http10ClosesUnlessAskedToPersist) {
  Client closing = connect();
  EXPECT_TRUE(ask(closing, kGet10).closes());
  EXPECT_TRUE(closed(closing));
  Client keeping = connect();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(keeping, kGet10Keep).field("connection"), "keep-alive");
  EXPECT_TRUE(ask(keeping, kGet10).closes());
  EXPECT_TRUE(closed(keeping));
}

TEST_F(SessionKeepalive, NothingIsAnsweredAfterTheLastResponse) {
  Client client = connect();
  EXPECT_TRUE(ask(client, std::string(kGetClose) + std::string(kGet)).closes());
  EXPECT_TRUE(closed(client));
  EXPECT_EQ(page->worker.requests.get(), 1U);
}

TEST_F(SessionKeepalive, SwitchedOffEveryResponseSaysClose) {
  set_keepalive(false);
  for (const std::string_view request : {kGet, kPost, kChunked, kGet10Keep}) {
    Client client = connect();
    EXPECT_TRUE(ask(client, request).closes());
    EXPECT_TRUE(closed(client));
  }
}

TEST_F(SessionKeepalive, PipelineEndsWithTheFirstResponseThatCloses) {
  set_keepalive(false);
  Client client = connect();
  EXPECT_TRUE(ask(client, std::string(kGet) + std::string(kGet) + std::string(kGet)).closes());
  EXPECT_TRUE(closed(client));
}

TEST_F(SessionKeepalive, SwitchingOffClosesIdleConnections) {
  Client used = connect();
  Client fresh = connect();
  ask(used, kGet);
  set_keepalive(false);
  EXPECT_TRUE(closed(used));
  EXPECT_TRUE(closed(fresh));
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(page->worker.timeouts.get(), 0U);
}

TEST_F(SessionKeepalive, SwitchingOffClosesLongIdleConnectionsAtOnce) {
  Client client = connect();
  ask(client, kGet);
  // Idle for longer than a request may have been under way.
  turns.during(milliseconds(1100));
  ASSERT_TRUE(quiet(client));
  set_keepalive(false);
  EXPECT_EQ(listener.connections(), 0U);
}

TEST_F(SessionKeepalive, RequestThatCrossesTheSwitchingOffIsAnswered) {
  Client client = connect();
  ask(client, kGet);
  client.send(kGet);  // the server has not seen it when the setting changes
  set_keepalive(false);
  EXPECT_TRUE(answer(client).closes());
  EXPECT_TRUE(closed(client));
}

TEST_F(SessionKeepalive, RequestThatCrossesASecondChangeIsAnswered) {
  Client client = connect();
  ask(client, kGet);
  set_keepalive(false);
  http.drain();
  client.send(kGet);
  EXPECT_TRUE(answer(client).closes());
  EXPECT_TRUE(closed(client));
}

TEST_F(SessionKeepalive, RequestAfterALongRestThatCrossesTheSwitchingOffIsAnswered) {
  Client client = connect();
  ask(client, kGet);
  turns.during(milliseconds(1100));
  client.send(kGet);
  set_keepalive(false);
  EXPECT_TRUE(answer(client).closes());
  EXPECT_TRUE(closed(client));
}

TEST_F(SessionKeepalive, ChangesDoNotPutOffTheEndOfTheGrace) {
  Client client = connect();
  ask(client, kGet);
  set_keepalive(false);
  turns.during(milliseconds(600));
  http.drain();
  turns.during(milliseconds(600));
  EXPECT_EQ(listener.connections(), 0U);
}

TEST_F(SessionKeepalive, RequestInProgressIsAnsweredWithClose) {
  Client head = connect();
  head.send(kGet.substr(0, 20));
  Client body = connect();
  body.send(kPost.substr(0, kPost.size() - 2));
  Client delayed = connect();
  delayed.send(get_of("/?t=50"));
  turns.settle();
  set_keepalive(false);
  head.send(kGet.substr(20));
  body.send(kPost.substr(kPost.size() - 2));
  for (Client* client : {&head, &body, &delayed}) {
    EXPECT_TRUE(answer(*client).closes());
    EXPECT_TRUE(closed(*client));
  }
}

TEST_F(SessionKeepalive, ResponseInProgressIsNotCut) {
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send(get_of("/?s=2m"));
  turns.settle();
  set_keepalive(false);
  EXPECT_EQ(answer(client).body.size(), 2U << 20);
  EXPECT_TRUE(closed(client)) << "it is idle now, and idle connections close";
}

TEST_F(SessionKeepalive, SwitchedOnAgainConnectionsPersist) {
  set_keepalive(false);
  set_keepalive(true);
  Client client = connect();
  EXPECT_FALSE(ask(client, kGet).closes());
  EXPECT_FALSE(ask(client, kGet).closes());
}

TEST_F(SessionKeepalive, ClosesAfterTheMostRequests) {
  snapshot.client_keepalive.max_requests = 3;
  apply();
  Client client = connect();
  EXPECT_FALSE(ask(client, kGet).closes());
  EXPECT_FALSE(ask(client, kPost).closes());
  EXPECT_TRUE(ask(client, kGet).closes());
  EXPECT_TRUE(closed(client));
  Client pipelining = connect();
  std::string requests;
  for (int i = 0; i < 5; ++i) requests += kGet;
  pipelining.send(requests);
  EXPECT_FALSE(answer(pipelining).closes());
  EXPECT_FALSE(answer(pipelining).closes());
  EXPECT_TRUE(answer(pipelining).closes());
  EXPECT_TRUE(closed(pipelining));
}

TEST_F(SessionKeepalive, OneRequestAtMostMeansClose) {
  snapshot.client_keepalive.max_requests = 1;
  apply();
  Client client = connect();
  EXPECT_TRUE(ask(client, kGet).closes());
}

TEST_F(SessionKeepalive, DrainClosesIdleConnectionsAndEndsTheOthersAfterTheirResponse) {
  Client idle = connect();
  ask(idle, kGet);
  Client busy = connect();
  busy.send(kPost.substr(0, 30));
  Client reading = connect({.send = 4096, .client_receive = 4096});
  reading.send(get_of("/?s=1m"));
  turns.settle();
  http.drain();
  EXPECT_TRUE(closed(idle));
  busy.send(kPost.substr(30));
  EXPECT_TRUE(answer(busy).closes());
  EXPECT_TRUE(closed(busy));
  EXPECT_EQ(answer(reading).body.size(), 1U << 20);
  EXPECT_TRUE(closed(reading));
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(http.connections(), 0U);
}

TEST_F(SessionKeepalive, CutClosesEverythingAndSaysHowMany) {
  Client idle = connect();
  Client busy = connect({.send = 4096, .client_receive = 4096});
  busy.send(get_of("/?s=1m"));
  turns.settle();
  EXPECT_EQ(http.cut(), 2U);
  EXPECT_EQ(http.connections(), 0U);
  EXPECT_EQ(listener.connections(), 0U);
  EXPECT_EQ(buffers.lent(), 0U);
  turns.settle();
}

TEST_F(SessionKeepalive, RemovedListenerEndsItsConnectionsAlone) {
  ListenerHandle other(SnapshotListener{}, page->listeners[1], page->worker, budget);
  other.taker = &http;
  Client stays = server.connect();
  other.connection_opened();
  http.take(server.accept(), other, nullptr, {}, 0);
  ask(stays, kGet);
  Client idle = connect();
  ask(idle, kGet);
  Client busy = connect();
  busy.send(kPost.substr(0, 30));
  turns.settle();
  listener.removed = true;
  http.leave({&listener});
  EXPECT_TRUE(closed(idle));
  busy.send(kPost.substr(30));
  EXPECT_TRUE(answer(busy).closes());
  EXPECT_TRUE(closed(busy));
  EXPECT_EQ(listener.connections(), 0U);
  EXPECT_FALSE(ask(stays, kGet).closes());
  http.cut();
}

// Another mode that only notes what it is given.
class OtherMode final : public ConnectionTaker {
 public:
  void take(UniqueFd client, ListenerHandle&, const Address*, std::string_view received,
            std::uint32_t) override {
    fds.push_back(std::move(client));
    bytes.emplace_back(received);
  }
  std::vector<UniqueFd> fds;
  std::vector<std::string> bytes;
};

class SessionHandOver : public ServerRig {
 protected:
  ~SessionHandOver() override {
    for (std::size_t i = 0; i < other.fds.size(); ++i) listener.connection_closed();
  }
  void switch_rooms() {
    listener.taker = &other;
    http.leave({&listener});
  }
  bool handed_over(std::size_t count) {
    return turns.until([&] { return other.fds.size() == count; });
  }
  OtherMode other;
};

TEST_F(SessionHandOver, IdleConnectionMovesAtOnce) {
  Client client = connect();
  ask(client, kGet);
  switch_rooms();
  ASSERT_EQ(other.fds.size(), 1U);
  EXPECT_EQ(other.bytes[0], "");
  EXPECT_EQ(listener.connections(), 1U) << "it is open all the time";
  client.send(kGet);
  turns.settle();
  EXPECT_EQ(page->worker.requests.get(), 1U) << "the mode that gave it away hears nothing of it";
  // Registered with no epoll: whoever took it can add it.
  struct Silent : Watch {
    Silent() : Watch([](Watch&, std::uint32_t) {}) {}
  } silent;
  EXPECT_TRUE(turns.loop().add(other.fds[0].get(), EPOLLIN, silent));
  turns.loop().remove(other.fds[0].get());
}

TEST_F(SessionHandOver, PartOfAHeadMovesAlong) {
  Client client = connect();
  client.send(kGet.substr(0, 12));
  turns.settle();
  switch_rooms();
  client.send(kGet.substr(12));
  ASSERT_TRUE(handed_over(1));
  EXPECT_EQ(other.bytes[0], kGet);
}

TEST_F(SessionHandOver, RequestInProgressIsAnsweredHereAndTheNextOneThere) {
  Client client = connect();
  constexpr std::size_t kSome = kPost.size() - 5;
  client.send(kPost.substr(0, kSome));
  turns.settle();
  switch_rooms();
  turns.settle();
  EXPECT_TRUE(other.fds.empty());
  client.send(std::string(kPost.substr(kSome)) + std::string(kGet));
  EXPECT_FALSE(answer(client).closes());
  ASSERT_TRUE(handed_over(1));
  EXPECT_EQ(other.bytes[0], kGet);
}

TEST_F(SessionHandOver, ConnectionMovesWhenItsResponseIsSent) {
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send(get_of("/?s=1m"));
  turns.settle();
  switch_rooms();
  EXPECT_EQ(answer(client).body.size(), 1U << 20);
  client.send(kGet);
  ASSERT_TRUE(handed_over(1));
  EXPECT_TRUE(other.bytes[0].empty() || other.bytes[0] == kGet);
}

TEST_F(SessionHandOver, TakenConnectionContinuesWithWhatWasReceived) {
  for (const std::string& received : {std::string(), std::string(kGet), std::string(kGet.substr(0, 10)),
                                      std::string(kGet) + std::string(kGet.substr(0, 10)), std::string(kPost),
                                      std::string(kPost.substr(0, 50))}) {
    Client client = server.connect();
    listener.connection_opened();
    http.take(server.accept(), listener, nullptr, received, 0);
    const std::string stream = std::string(kPost) + std::string(kGet);
    const std::string expected =
        received.starts_with("POST") ? stream : std::string(kGet) + std::string(kGet);
    client.send(std::string_view(expected).substr(received.size()));
    EXPECT_EQ(answer(client).status, 200);
    EXPECT_EQ(answer(client).status, 200);
    EXPECT_TRUE(quiet(client));
  }
}

}  // namespace
}  // namespace demo
