#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "proxy_harness.h"

// Bytes that TCP calls urgent, which stop each receive: what is behind them comes all the same.

namespace demo::test {
namespace {

using testing::EndsWith;
using testing::StartsWith;

constexpr std::string_view kWithMark = "abc!ABOR\r\n";

class Urgent : public WithBackend {
 protected:
  // In one turn, so that the relay finds all of it. The byte in the middle is the urgent one.
  void send_around_mark(TestPeer& from, std::string_view before, std::string_view behind) {
    proxy.in_loop([&] {
      from.send(before);
      EXPECT_EQ(::send(from.fd(), "!", 1, MSG_OOB), 1);
      from.send(behind);
    });
  }
  void expect_relayed(TestPeer& from, TestPeer& to) {
    send_around_mark(from, "abc", "ABOR\r\n");
    EXPECT_EQ(to.read_bytes(kWithMark.size()), kWithMark);
    // Spliced.
    const std::string bulk(300'000, 'b');
    send_around_mark(from, bulk, "ABOR\r\n");
    EXPECT_EQ(to.read_bytes(bulk.size()), bulk);
    EXPECT_EQ(to.read_bytes(7), "!ABOR\r\n");
    send_around_mark(from, "", "ABOR\r\n");
    EXPECT_EQ(to.read_bytes(7), "!ABOR\r\n");
  }
};

TEST_F(Urgent, BytesOfATcpConnectionKeepTheirPlace) {
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  TestPeer served = backend.accept();
  expect_relayed(client, served);
  expect_relayed(served, client);
}

TEST_F(Urgent, BytesOfATunnelKeepTheirPlace) {
  Pair pair = send_head("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n");
  pair.served.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
  expect_relayed(pair.client, pair.served);
  expect_relayed(pair.served, pair.client);
}

// HTTP knows no such bytes (RFC 9112): they are dropped, and hold nothing up.
TEST_F(Urgent, ByteInAHeadHoldsNothingUp) {
  TestPeer client = proxy.connect();
  send_around_mark(client, kGet.substr(0, 9), kGet.substr(9));
  TestPeer served = backend.accept();
  EXPECT_EQ(served.read_message(), kGet);
  const std::string response = ok_response("hello");
  send_around_mark(served, response.substr(0, 9), response.substr(9));
  EXPECT_THAT(client.read_message(), EndsWith("hello"));
}

class UrgentInABody : public Urgent, public testing::WithParamInterface<bool> {
 protected:
  // More than is copied.
  const std::string half = std::string(100'000, 'h');

  // Both sides of the mark, and the sender's end with it where the parameter says so.
  void send_body(TestPeer& from) {
    proxy.in_loop([&] {
      from.send(half);
      EXPECT_EQ(::send(from.fd(), "!", 1, MSG_OOB), 1);
      from.send(half);
      if (GetParam()) from.finish();
    });
  }
};

TEST_P(UrgentInABody, HoldsNoSplicedRequestUp) {
  Pair pair = send_head("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n");
  send_body(pair.client);
  EXPECT_EQ(pair.served.read_bytes(2 * half.size()), half + half);
  pair.served.send(ok_response("hello"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("hello"));
}

TEST_P(UrgentInABody, HoldsNoSplicedResponseUp) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  send_body(pair.served);
  EXPECT_EQ(pair.client.read_bytes(2 * half.size()), half + half);
}

TEST_P(UrgentInABody, HoldsNoTunnelUp) {
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  TestPeer served = backend.accept();
  for (const auto& [from, to] : {std::pair(&client, &served), std::pair(&served, &client)}) {
    send_body(*from);
    EXPECT_EQ(to->read_bytes(2 * half.size() + 1), half + "!" + half);
  }
}

INSTANTIATE_TEST_SUITE_P(, UrgentInABody, testing::Bool(),
                         [](const auto& with_end) { return with_end.param ? "EndingWithIt" : "GoingOn"; });

}  // namespace
}  // namespace demo::test
