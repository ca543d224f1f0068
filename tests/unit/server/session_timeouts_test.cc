#include <gmock/gmock.h>

#include <algorithm>

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
  // Turns until the client has a response; whether that is a 200, and not the end of the connection.
  bool answered_200(Client& client) {
    std::optional<TestResponse> response;
    const bool came = turns.until([&] {
      client.read();
      response = take_response(client.received());
      return response || !client.open();
    });
    return came && response && response->status == 200;
  }

  // The client did something that gains time.
  void step() {
    const std::uint64_t now = monotonic_ns();
    longest_step_ns_ = std::max(longest_step_ns_, now - last_step_ns_);
    last_step_ns_ = now;
  }

  // What a client does in steps that are shorter than the time-out must succeed: scenario(client) says
  // whether it did. Where other programs made a step longer, the outcome says nothing and the client tries
  // anew.
  template <typename Scenario>
  void expect_in_time(milliseconds timeout, Buffers sizes, Scenario scenario) {
    const auto bound_ns =
        static_cast<std::uint64_t>(std::chrono::nanoseconds(timeout - 2 * TimerWheel::kTick).count());
    for (int attempt = 0; attempt < 50; ++attempt) {
      Client client = connect(sizes);
      last_step_ns_ = monotonic_ns();
      longest_step_ns_ = 0;
      const bool succeeded = scenario(client);
      step();
      if (longest_step_ns_ >= bound_ns) continue;
      EXPECT_TRUE(succeeded);
      return;
    }
    FAIL() << "the machine is too busy for steps of less than " << timeout.count() << " ms";
  }

 private:
  std::uint64_t last_step_ns_ = 0;
  std::uint64_t longest_step_ns_ = 0;
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
  const milliseconds timeout(200);
  snapshot.client_timeouts.head = timeout;
  apply();
  expect_in_time(timeout, {}, [this](Client& client) {
    client.send(kGet.substr(0, 20));
    for (int i = 0; i < 12; ++i) {
      turns.during(milliseconds(50));
      client.send_some(std::string(kGet.substr(20)) + std::string(kGet.substr(0, 20)));
      if (!answered_200(client)) return false;
      step();
    }
    return true;
  });
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
  const milliseconds timeout(150);
  snapshot.client_timeouts.body = timeout;
  apply();
  expect_in_time(timeout, {}, [this](Client& client) {
    client.send(kPost.substr(0, kPost.size() - 10));
    for (std::size_t sent = kPost.size() - 10; sent < kPost.size(); ++sent) {
      turns.during(milliseconds(40));
      client.send_some(kPost.substr(sent, 1));
      step();
    }
    return answered_200(client);
  });
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
  const milliseconds timeout(150);
  snapshot.client_keepalive.idle_timeout = timeout;
  apply();
  expect_in_time(timeout, {}, [this](Client& client) {
    for (int i = 0; i < 10; ++i) {
      turns.during(milliseconds(40));
      client.send_some(kGet);
      if (!answered_200(client)) return false;
      step();
    }
    return true;
  });
}

TEST_F(SessionTimeouts, ReaderThatTakesNothingIsCutOffWithAReset) {
  snapshot.client_timeouts.write = kShort;
  apply();
  Client client = connect({.send = 4096, .client_receive = 4096});
  client.send(get_of("/?s=8m"));
  EXPECT_TRUE(all_closed());
  EXPECT_TRUE(client.reset()) << "it looks as if all had come";
  EXPECT_EQ(page->worker.timeouts.get(), 1U);
  EXPECT_EQ(buffers.lent(), 0U);
}

TEST_F(SessionTimeouts, SlowReaderThatTakesSomethingIsServed) {
  const milliseconds timeout(300);
  snapshot.client_timeouts.write = timeout;
  apply();
  expect_in_time(timeout, {.send = 4096, .client_receive = 4096}, [this](Client& client) {
    client.send(get_of("/?s=300k"));
    const std::uint64_t before = page->worker.timeouts.get();
    while (client.received().size() < (300U << 10)) {
      turns.during(milliseconds(20));
      client.read(16 * 1024);
      if (!client.open()) return false;
      step();
    }
    return answered_200(client) && page->worker.timeouts.get() == before;
  });
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
