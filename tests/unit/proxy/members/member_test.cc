#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "unit/proxy/proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class MemberState : public WithBackend {
 protected:
  // A request that the backend answers with this.
  void ask_for(unsigned status) {
    Pair pair = send_head(kGet);
    pair.served.send(
        fmt::format("HTTP/1.1 {} No\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx", status));
    EXPECT_THAT(pair.client.read_message(), EndsWith("x"));
  }
};

TEST_F(MemberState, UnusableFinishesWhatIsInFlightAndTakesNothingNew) {
  Pair pair = send_head(kGet);
  proxy.pool().members[0].usable = false;
  proxy.apply();
  TestPeer refused = proxy.connect();
  refused.send(kGet);
  EXPECT_THAT(refused.read_to_end(), StartsWith("HTTP/1.1 503 "));
  pair.served.send(ok_response("done"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("done"));
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(MemberState, UnusableClosesIdleConnections) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("x"));
  pair.client.read_message();
  proxy.pool().members[0].usable = false;
  proxy.apply();
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(MemberState, CutEndsWhatIsInFlightAndCountsIt) {
  Pair waiting = send_head(kGet);
  Pair half = send_head(kGet);
  half.served.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  half.client.read_until("half");
  proxy.pool().members[0].usable = false;
  proxy.pool().members[0].cut = true;
  proxy.apply();
  EXPECT_THAT(waiting.client.read_to_end(), StartsWith("HTTP/1.1 503 "));
  half.client.read_to_end();
  EXPECT_TRUE(half.client.was_reset());
  EXPECT_TRUE(half.served.wait_for_end());
  EXPECT_EQ(proxy.backend_stats().forced_closes.get(), 2U);
}

TEST_F(MemberState, VanishedFinishesWhatIsInFlight) {
  Pair pair = send_head(kGet);
  proxy.pool().members.clear();
  proxy.apply();
  pair.served.send(ok_response("done"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("done"));
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(MemberState, APoolThatVanishedFinishesWhatIsInFlight) {
  Pair pair = send_head(kGet);
  proxy.snapshot.pools.clear();
  proxy.apply();
  TestPeer refused = proxy.connect();
  refused.send(kGet);
  EXPECT_THAT(refused.read_to_end(), StartsWith("HTTP/1.1 503 "));
  pair.served.send(ok_response("done"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("done"));
}

TEST_F(MemberState, BackupServesOnlyWhenNobodyElseCan) {
  TestBackend spare;
  proxy.add_backend(spare.address());
  proxy.pool().members[1].backup = true;
  proxy.apply();
  for (int i = 0; i < 3; ++i) {
    Pair pair = send_head(kGet);
    pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
    EXPECT_THAT(pair.client.read_message(), EndsWith("x"));
  }
  EXPECT_FALSE(spare.has_connection());
  proxy.pool().members[0].usable = false;
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send(kGet);
  TestPeer served = spare.accept();
  EXPECT_EQ(served.read_message(), kGet);
}

TEST_F(MemberState, ConsecutiveFailuresEjectAndTimeTakesBack) {
  TestBackend good;
  proxy.add_backend(good.address());
  proxy.pool().ejection.consecutive_failures = 2;
  proxy.pool().ejection.base_time = milliseconds(100);
  proxy.apply();
  backend.close();
  std::thread server([&] {
    for (int i = 0; i < 6; ++i) {
      TestPeer served = good.accept();
      served.read_message();
      served.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
    }
  });
  for (int i = 0; i < 6; ++i) {
    TestPeer client = proxy.connect();
    client.send(kGet);
    EXPECT_THAT(client.read_message(), EndsWith("x"));
  }
  server.join();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().ejected.get() == 0; }));
  EXPECT_EQ(proxy.backend_stats().connect_errors.get(), 2U);
  EXPECT_EQ(proxy.backend_stats().ejections.get(), 1U);
  const std::string name = backend.address().to_string();
  EXPECT_THAT(proxy.notices(), ElementsAre("out " + name + ": it refused connections",
                                           "back " + name + ": its ejection time is over"));
}

TEST_F(MemberState, TheLastUsableIsNotEjectedUnlessAllowed) {
  proxy.pool().ejection.consecutive_failures = 1;
  proxy.apply();
  for (int i = 0; i < 3; ++i) {
    Pair pair = send_head(kGet);
    pair.served.send("HTTP/1.1 503 No\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
    EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 503 "));
  }
  EXPECT_EQ(proxy.backend_stats().ejections.get(), 0U);
  proxy.pool().ejection.allow_last = true;
  proxy.apply();
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 503 No\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
  EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().ejected.get() == 1; }));
  TestPeer refused = proxy.connect();
  refused.send(kGet);
  EXPECT_THAT(refused.read_to_end(), StartsWith("HTTP/1.1 503 "));
}

// Nobody takes a backend away from others by asking for what it does not have or cannot do.
TEST_F(MemberState, OnlyResponsesThatSpeakOfTheBackendEject) {
  proxy.pool().ejection.consecutive_failures = 1;
  proxy.pool().ejection.allow_last = true;
  proxy.apply();
  for (const unsigned status : {400U, 404U, 429U, 500U, 501U, 505U, 599U}) ask_for(status);
  EXPECT_EQ(proxy.backend_stats().ejections.get(), 0U);
  ask_for(502);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().ejected.get() == 1; }));
  EXPECT_THAT(proxy.notices(), ElementsAre("out " + backend.address().to_string() + ": it answered 502"));
}

TEST_F(MemberState, WhichResponsesEjectIsASettingOfThePool) {
  proxy.pool().ejection.consecutive_failures = 1;
  proxy.pool().ejection.allow_last = true;
  proxy.pool().ejection.statuses = "429";
  proxy.apply();
  ask_for(503);
  EXPECT_EQ(proxy.backend_stats().ejections.get(), 0U);
  ask_for(429);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().ejected.get() == 1; }));
}

TEST_F(MemberState, ABackendThatStallsInABodyIsEjected) {
  proxy.pool().ejection.consecutive_failures = 1;
  proxy.pool().ejection.allow_last = true;
  proxy.pool().timeouts.body = milliseconds(50);
  proxy.apply();
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx");
  EXPECT_TRUE(pair.client.wait_for_end());
  EXPECT_EQ(proxy.backend_stats().ejected.get(), 1U);
}

// Nobody would hear of a success: that it is not ejected any more is told when it gets no requests.
TEST_F(MemberState, TheEndOfAnEjectionIsToldWhenNoRequestsComeAnyMore) {
  proxy.forgive_nothing();
  proxy.apply();
  const auto goes_out = [this](const std::function<void()>& change) {
    ask_for(502);
    EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().ejected.get() == 1; }));
    change();
    proxy.apply();
    EXPECT_EQ(proxy.backend_stats().ejected.get(), 0U);
    return proxy.notices().back();
  };
  SnapshotMember& member = proxy.pool().members[0];
  const std::string over = "over " + backend.address().to_string() + ": ";
  EXPECT_EQ(goes_out([&] { member.usable = false; }),
            over + "it gets no requests now: it drains, is in maintenance or down");
  member.usable = true;
  proxy.apply();
  EXPECT_EQ(goes_out([&] { member.weight = 0; }), over + "it gets no requests now: its weight is 0");
  member.weight = 1;
  proxy.apply();
  EXPECT_EQ(goes_out([&] { proxy.pool().members.clear(); }), over + "it was removed");
  proxy.add_backend(backend.address());
  proxy.apply();
  EXPECT_EQ(goes_out([&] { proxy.snapshot.pools.clear(); }), over + "it was removed");
}

// A backend that answers every request until it is stopped.
class AnsweringBackend {
 public:
  AnsweringBackend() : thread_([this] { run(); }) {}
  ~AnsweringBackend() {
    stopping_ = true;
    TestPeer::connect(listener_.address());
    thread_.join();
    for (std::thread& server : servers_) server.join();
  }
  const Address& address() const { return listener_.address(); }

 private:
  void run() {
    for (;;) {
      auto peer = std::make_shared<TestPeer>(listener_.accept());
      if (stopping_) return;
      servers_.emplace_back([peer] {
        while (!peer->read_message_or_end().empty()) peer->send(ok_response("fine"));
      });
    }
  }

  TestBackend listener_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> servers_;
  std::thread thread_;
};

TEST(MemberChanges, UnderLoadFailNoRequest) {
  AnsweringBackend one;
  AnsweringBackend two;
  ProxyHarness proxy;
  proxy.add_backend(one.address());
  proxy.add_backend(two.address());
  proxy.apply();
  std::atomic<bool> stopping = false;
  std::atomic<unsigned> answered = 0;
  std::atomic<unsigned> failed = 0;
  std::vector<std::thread> load;
  for (int i = 0; i < 4; ++i) {
    load.emplace_back([&, client = std::make_shared<TestPeer>(proxy.connect())] {
      while (!stopping) {
        client->send(kGet);
        ++(client->read_message().ends_with("fine") ? answered : failed);
        if (failed > 0) return;
      }
    });
  }
  const SnapshotPool both = proxy.pool();
  for (unsigned round = 0; round < 60 && failed == 0; ++round) {
    proxy.pool() = both;
    if (round % 3 == 1) proxy.pool().members.erase(proxy.pool().members.begin() + round / 3 % 2);
    if (round % 3 == 2) proxy.pool().members[round / 3 % 2].weight = 1 + round;
    proxy.apply();
    const unsigned before = answered;
    EXPECT_TRUE(proxy.eventually([&] { return answered > before + 20 || failed > 0; }));
  }
  stopping = true;
  for (std::thread& client : load) client.join();
  EXPECT_EQ(failed, 0U);
}

class Drain : public WithBackend {};

TEST_F(Drain, ClosesIdleConnectionsOnBothSides) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("x"));
  pair.client.read_message();
  proxy.in_loop([&] { proxy.http().drain(); });
  EXPECT_TRUE(pair.client.wait_for_end());
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(Drain, LetsARequestInFlightFinishAndCloses) {
  Pair pair = send_head(kGet);
  proxy.in_loop([&] { proxy.http().drain(); });
  pair.served.send(ok_response("done"));
  const std::string response = pair.client.read_to_end();
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(response, EndsWith("done"));
}

TEST_F(Drain, CutEndsWhatIsLeftAndSaysHowMany) {
  Pair one = send_head(kGet);
  Pair two = send_head(kGet);
  std::uint64_t ended = 0;
  proxy.in_loop([&] {
    proxy.http().drain();
    ended = proxy.http().cut();
  });
  EXPECT_EQ(ended, 2U);
  EXPECT_EQ(proxy.stats().worker.forced_closes.get(), 0U) << "whoever orders the cut counts it, once";
  EXPECT_TRUE(one.served.wait_for_end());
  EXPECT_TRUE(two.client.wait_for_end());
}

TEST_F(Drain, ARemovedListenerClosesItsIdleConnections) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("x"));
  pair.client.read_message();
  proxy.in_loop([&] { proxy.listener().removed = true; });
  proxy.apply();
  EXPECT_TRUE(pair.client.wait_for_end());
}

TEST_F(Drain, TurningClientKeepaliveOffClosesIdleConnections) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("x"));
  pair.client.read_message();
  proxy.snapshot.client_keepalive.enabled = false;
  proxy.apply();
  EXPECT_TRUE(pair.client.wait_for_end());
}

}  // namespace
}  // namespace demo::test
