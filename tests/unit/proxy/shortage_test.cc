#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

#include "call_count.h"
#include "proxy_harness.h"

// What this host lacks in the middle of an exchange speaks of no backend. One failure would eject.

namespace demo::test {
namespace {

using testing::IsEmpty;
using testing::StartsWith;

class Shortage : public WithBackend, public testing::WithParamInterface<int> {
 protected:
  Shortage() { proxy.forgive_nothing(); }
  ~Shortage() override { end_shortage(); }

  void begin_shortage(unsigned which) {
    proxy.in_loop(
        [&] { failing_ = std::make_unique<FailingCalls>(backend.address().port(), GetParam(), which); });
  }
  void end_shortage() {
    proxy.in_loop([&] { failing_.reset(); });
  }
  void expect_no_blame() {
    proxy.in_loop([] {});
    const BackendStats& stats = proxy.backend_stats();
    EXPECT_EQ(stats.connect_errors.get() + stats.response_errors.get() + stats.connect_timeouts.get(), 0U);
    EXPECT_EQ(stats.ejections.get(), 0U);
    EXPECT_GE(stats.connect_shortages.get(), 1U);
    EXPECT_THAT(proxy.notices(), IsEmpty());
    // It serves once there is room again.
    end_shortage();
    Pair pair = send_head(kGet);
    pair.served.send(ok_response("fine"));
    EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 200 "));
  }

  std::unique_ptr<FailingCalls> failing_;
};

TEST_P(Shortage, OfARequestsHeadIsNoFailureOfTheBackend) {
  begin_shortage(FailingCalls::kSend);
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 503 "));
  const TestPeer given_up = backend.accept();
  expect_no_blame();
}

TEST_P(Shortage, OfARequestsBodyIsNoFailureOfTheBackend) {
  for (const std::size_t size : {100U, 100'000U}) {
    const std::string head =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
    Pair pair = send_head(head);
    begin_shortage(FailingCalls::kSend | FailingCalls::kSplice);
    pair.client.send(std::string(size, 'b'));
    EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 503 "));
    expect_no_blame();
  }
}

TEST_P(Shortage, OfAResponsesHeadIsNoFailureOfTheBackend) {
  Pair pair = send_head(kGet);
  begin_shortage(FailingCalls::kReceive);
  pair.served.send(ok_response("lost"));
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 503 "));
  expect_no_blame();
}

// It is cut off, and looks so.
TEST_P(Shortage, OfAResponsesBodyIsNoFailureOfTheBackend) {
  for (const std::size_t size : {100U, 100'000U}) {
    Pair pair = send_head(kGet);
    pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
    EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
    begin_shortage(FailingCalls::kReceive | FailingCalls::kSplice);
    pair.served.send(std::string(size, 'b'));
    pair.client.read_to_end();
    EXPECT_TRUE(pair.client.was_reset());
    expect_no_blame();
  }
}

TEST_P(Shortage, OfALookAtAPooledConnectionIsNoFailureOfTheBackend) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("fine"));
  EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 200 "));
  begin_shortage(FailingCalls::kReceive);
  pair.client.send(kPost);
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 503 "));
  expect_no_blame();
}

TEST_P(Shortage, OfAConnectThatWasUnderWayIsNoFailureOfTheBackend) {
  backend.close();
  begin_shortage(FailingCalls::kConnect);
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 503 "));
  proxy.use_tcp_mode();
  TestPeer other = proxy.connect();
  other.read_to_end();
  EXPECT_TRUE(other.was_reset());
  backend.reopen();
  proxy.in_loop([this] { proxy.listener().taker = &proxy.http(); });
  expect_no_blame();
}

TEST_P(Shortage, OfATunnelCounts) {
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  TestPeer served = backend.accept();
  begin_shortage(FailingCalls::kReceive);
  served.send("lost");
  client.read_to_end();
  EXPECT_TRUE(client.was_reset());
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().connect_shortages.get() == 1; }));
  EXPECT_THAT(proxy.notices(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, Shortage, testing::Values(ENOMEM, ENOBUFS), [](const auto& number) {
  return number.param == ENOMEM ? "OfMemory" : "OfBuffers";
});

}  // namespace
}  // namespace demo::test
