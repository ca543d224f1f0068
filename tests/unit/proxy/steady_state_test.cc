#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "call_count.h"
#include "proxy_harness.h"

namespace demo::test {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

constexpr unsigned kRequests = 50;

// What the loop's thread does for a number of requests once everything is warm.
class SteadyState : public WithBackend {
 protected:
  void start_counting() {
    proxy.in_loop([this] { count_ = std::make_unique<CallCount>(); });
    // The harness itself allocates when it calls into the loop: everything before this turn's end is dropped.
    proxy.in_loop([this] { count_->clear(); });
  }
  std::map<std::string, unsigned> stop_counting() {
    std::map<std::string, unsigned> calls;
    proxy.in_loop([&] {
      calls = count_->finish();
      count_.reset();
    });
    return calls;
  }

  void serve(TestPeer& served) {
    EXPECT_EQ(served.read_message(), kGet);
    served.send(ok_response("hello"));
  }

 private:
  std::unique_ptr<CallCount> count_;
};

TEST_F(SteadyState, AKeptRequestTakesFourCallsAndNoMemory) {
  TestPeer client = proxy.connect();
  client.send(kGet);
  TestPeer served = backend.accept();
  serve(served);
  EXPECT_THAT(client.read_message(), EndsWith("hello"));
  const auto one_request = [&] {
    client.send(kGet);
    serve(served);
    EXPECT_THAT(client.read_message(), EndsWith("hello"));
  };
  one_request();
  start_counting();
  for (unsigned i = 0; i < kRequests; ++i) one_request();
  EXPECT_THAT(stop_counting(),
              ElementsAre(testing::Pair("recv", 2 * kRequests), testing::Pair("send", 2 * kRequests)));
}

TEST_F(SteadyState, AShortConnectionIsNeverRegisteredWithEpoll) {
  constexpr std::string_view kLast = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  // The request is there when the connection is taken, as with TCP_DEFER_ACCEPT.
  const auto one_request = [&](TestPeer* served) {
    TestPeer client = proxy.connect(kLast);
    TestPeer accepted = served == nullptr ? backend.accept() : TestPeer(UniqueFd());
    serve(served == nullptr ? accepted : *served);
    EXPECT_THAT(client.read_to_end(), EndsWith("hello"));
    return accepted;
  };
  TestPeer served = one_request(nullptr);
  for (unsigned i = 0; i < 5; ++i) one_request(&served);
  start_counting();
  for (unsigned i = 0; i < kRequests; ++i) one_request(&served);
  EXPECT_THAT(stop_counting(),
              ElementsAre(testing::Pair("close", kRequests), testing::Pair("recv", 2 * kRequests),
                          testing::Pair("send", 2 * kRequests)));
}

// A pause of the sender would leave the last piece with the kernel, for 200 ms.
TEST_F(SteadyState, WhatIsSplicedIsNotHeldBackForWhatMayFollow) {
  const std::string half(200'000, 'h');
  start_counting();
  Pair pair = send_head("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    pair.client.send(half);
    EXPECT_EQ(pair.served.read_bytes(half.size()).size(), half.size());
  }
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), testing::StartsWith("HTTP/1.1 200 "));
  for (int i = 0; i < 2; ++i) {
    pair.served.send(half);
    EXPECT_EQ(pair.client.read_bytes(half.size()).size(), half.size());
  }
  std::map<std::string, unsigned> calls = stop_counting();
  EXPECT_GT(calls["splice"], 0U);
  EXPECT_EQ(calls["splice with more to come"], 0U);
}

TEST_F(SteadyState, AnIdleClientHoldsNoBuffer) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("hello"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("hello"));
  std::size_t lent = 1;
  EXPECT_TRUE(proxy.eventually([&] { return (lent = proxy.buffers().lent()) == 0; }));
  EXPECT_EQ(lent, 0U);
  EXPECT_LE(sizeof(ClientSession), 320U);
}

TEST_F(SteadyState, RelayedBytesInTcpModeTakeTwoCallsAPiece) {
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  TestPeer served = backend.accept();
  const auto one_piece = [&] {
    client.send("ping");
    EXPECT_EQ(served.read_bytes(4), "ping");
    served.send("pong");
    EXPECT_EQ(client.read_bytes(4), "pong");
  };
  one_piece();
  start_counting();
  for (unsigned i = 0; i < kRequests; ++i) one_piece();
  EXPECT_THAT(stop_counting(),
              ElementsAre(testing::Pair("recv", 2 * kRequests), testing::Pair("send", 2 * kRequests)));
}

}  // namespace
}  // namespace demo::test
