#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/limits.h"
#include "unit/proxy/proxy_harness.h"

namespace demo::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ForwardedExchange : public WithBackend {};

TEST_F(ForwardedExchange, ForwardsARequestAndItsResponse) {
  TestPeer client = proxy.connect();
  client.send(kGet);
  TestPeer served = backend.accept();
  EXPECT_EQ(served.read_message(), "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  served.send(ok_response("hello"));
  const std::string response = client.read_message();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, testing::EndsWith("\r\n\r\nhello"));
}

TEST_F(ForwardedExchange, KeepsBothConnectionsForTheNextRequest) {
  TestPeer client = proxy.connect();
  client.send(kGet);
  TestPeer served = backend.accept();
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(served.read_message(), StartsWith("GET /a"));
    served.send(ok_response("x"));
    EXPECT_THAT(client.read_message(), Not(HasSubstr("close")));
    client.send(kGet);
  }
  EXPECT_FALSE(backend.has_connection());
  EXPECT_EQ(proxy.backend_stats().connects.get(), 1U);
}

TEST_F(ForwardedExchange, ClosesAfterTheResponseWhenTheClientAsksForIt) {
  TestPeer client = proxy.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_message(), Not(HasSubstr("close")));
  served.send(ok_response("hello"));
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
  EXPECT_FALSE(client.was_reset());
}

TEST_F(ForwardedExchange, AnswersARequestThatCrossesTwoChangesAfterWhichConnectionsClose) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("x"));
  EXPECT_THAT(pair.client.read_message(), Not(HasSubstr("close")));
  // A worker that is to leave hears of the drain first and of a generation without sockets right after it.
  proxy.in_loop([&] { proxy.http().drain(); });
  proxy.apply();
  pair.client.send(kGet);
  EXPECT_THAT(backend.accept().read_message(), StartsWith("GET /a"));
}

TEST_F(ForwardedExchange, AnswersARequestAfterALongResponseDuringWhichConnectionsBecameShort) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n1"), Not(HasSubstr("close")));
  proxy.snapshot.client_keepalive.enabled = false;
  proxy.apply();
  std::this_thread::sleep_for(limits::kIdleGrace);
  pair.served.send("2");
  EXPECT_EQ(pair.client.read_bytes(1), "2");
  pair.client.send(kGet);
  EXPECT_THAT(pair.served.read_until("\r\n\r\n"), StartsWith("GET /a"));
  pair.served.send(ok_response("x"));
  EXPECT_THAT(pair.client.read_to_end(), HasSubstr("Connection: close\r\n"));
}

TEST_F(ForwardedExchange, AnswersPipelinedRequestsInOrder) {
  TestPeer client = proxy.connect();
  client.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: "
      "h\r\n\r\n");
  TestPeer served = backend.accept();
  for (const char* name : {"1", "2", "3"}) {
    EXPECT_THAT(served.read_message(), StartsWith(std::string("GET /") + name));
    served.send(ok_response(name));
    EXPECT_THAT(client.read_message(), testing::EndsWith(std::string("\r\n\r\n") + name));
  }
}

TEST_F(ForwardedExchange, StreamsABodyThatIsFarLargerThanItsBuffers) {
  std::string body(5'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); i += 7) body[i] = static_cast<char>('a' + i % 26);
  TestPeer client = proxy.connect();
  std::thread sender([&] {
    client.send("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n");
    client.send(body);
  });
  TestPeer served = backend.accept();
  const std::string request = served.read_message();
  sender.join();
  EXPECT_EQ(request.substr(request.size() - body.size()), body);
  std::thread answerer([&] { served.send(ok_response(body)); });
  const std::string response = client.read_message();
  answerer.join();
  EXPECT_EQ(response.substr(response.size() - body.size()), body);
}

TEST_F(ForwardedExchange, PassesChunksAndTrailersOnUnchanged) {
  constexpr std::string_view kChunks = "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n";
  TestPeer client = proxy.connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  for (const char byte : kChunks) client.send({&byte, 1});
  EXPECT_EQ(served.read_bytes(kChunks.size()), kChunks);
  served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  for (const char byte : kChunks) served.send({&byte, 1});
  EXPECT_EQ(client.read_bytes(kChunks.size()), kChunks);
}

TEST_F(ForwardedExchange, TakesChunksApartForAnOldClient) {
  TestPeer client = proxy.connect();
  client.send("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n");
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_message(), StartsWith("GET / HTTP/1.1\r\n"));
  served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\n");
  served.send("defg\r\n0\r\n\r\n");
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(response, testing::EndsWith("\r\n\r\nabcdefg"));
}

TEST_F(ForwardedExchange, PassesInterimResponsesOnButToNoOldClient) {
  TestPeer client = proxy.connect();
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_until("\r\n\r\n"), HasSubstr("Expect: 100-continue\r\n"));
  served.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(served.read_bytes(4), "body");
  served.send(ok_response("done"));
  EXPECT_THAT(client.read_message(), EndsWith("done"));

  TestPeer old = proxy.connect();
  old.send("GET /a HTTP/1.0\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(served.read_until("\r\n\r\n"), Not(HasSubstr("Expect")));
  served.send("HTTP/1.1 103 Early Hints\r\n\r\n" + ok_response("final"));
  EXPECT_THAT(old.read_to_end(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ForwardedExchange, PassesResponsesWithoutABodyOn) {
  TestPeer client = proxy.connect();
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  TestPeer served = backend.accept();
  served.read_until("\r\n\r\n");
  served.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Content-Length: 1000\r\n"));
  for (const char* head : {"HTTP/1.1 204 No Content\r\n\r\n",
                           "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: x\r\n\r\n"}) {
    client.send(kGet);
    EXPECT_EQ(served.read_message(), kGet) << "over the same connection";
    served.send(head);
    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith(std::string(head).substr(0, 13)));
  }
  client.send(kGet);
  EXPECT_EQ(served.read_message(), kGet);
  served.send(ok_response("in step"));
  EXPECT_THAT(client.read_message(), EndsWith("in step"));
}

TEST_F(ForwardedExchange, AnswersABadRequestWithoutABackend) {
  TestPeer client = proxy.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 400 "));
  EXPECT_FALSE(backend.has_connection());
}

TEST(Exchange, AnswersNoBackendWith503) {
  ProxyHarness proxy;
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(ForwardedExchange, TurnsAnUpgradeIntoATunnelWithHalfClose) {
  TestPeer client = proxy.connect();
  client.send("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nearly");
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_until("\r\n\r\n"), HasSubstr("Upgrade: chat\r\n"));
  served.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nfirst");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
  EXPECT_EQ(client.read_bytes(5), "first");
  EXPECT_EQ(served.read_bytes(5), "early");
  client.send("question");
  EXPECT_EQ(served.read_bytes(8), "question");
  client.finish();
  EXPECT_EQ(served.read_to_end(), "");
  served.send("answer");
  served.close();
  EXPECT_EQ(client.read_to_end(), "answer");
}

TEST_F(ForwardedExchange, CountsNotTheLifeOfATunnelAsResponseTime) {
  const auto recorded = [this] {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < Histogram::kBuckets; ++i) count += proxy.stats().response_time.count_at(i);
    return count;
  };
  Pair pair = send_head("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  pair.served.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
  EXPECT_TRUE(proxy.eventually([&] { return recorded() == 1; })) << "once it has begun";
  pair.client.close();
  pair.served.close();
  EXPECT_TRUE(client_connections_end());
  EXPECT_EQ(recorded(), 1U);
}

TEST_F(ForwardedExchange, CountsASwitchOfProtocolsInItsClassForWorkerAndBackend) {
  Pair pair = send_head("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  pair.served.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
  const WorkerStats& worker = proxy.stats().worker;
  EXPECT_TRUE(proxy.eventually([&] { return worker.responses_1xx.get() == 1; })) << "once it has begun";
  EXPECT_EQ(proxy.backend_stats().responses_1xx.get(), 1U);
  pair.client.close();
  pair.served.close();
  EXPECT_TRUE(client_connections_end());
  EXPECT_EQ(worker.responses_1xx.get(), 1U);
  EXPECT_EQ(proxy.backend_stats().responses_1xx.get(), 1U);
  EXPECT_EQ(worker.responses_2xx.get() + proxy.backend_stats().responses_2xx.get(), 0U);
}

TEST_F(ForwardedExchange, CountsNoInterimResponse) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 103 Early Hints\r\n\r\n" + ok_response("x"));
  EXPECT_THAT(pair.client.read_until("\r\n\r\nx"), StartsWith("HTTP/1.1 103 "));
  EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.responses_2xx.get() == 1; }));
  EXPECT_EQ(proxy.backend_stats().responses_2xx.get(), 1U);
  EXPECT_EQ(proxy.stats().worker.responses_1xx.get() + proxy.backend_stats().responses_1xx.get(), 0U);
}

// A tunnel to a backend that speaks HTTP in it would carry requests past every check.
TEST_F(ForwardedExchange, MakesNoTunnelOfAnUpgradeToHttp2) {
  TestPeer client = proxy.connect();
  client.send(
      "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
      "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
  TestPeer served = backend.accept();
  EXPECT_EQ(served.read_message(), kGet);
  served.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_TRUE(served.wait_for_end());
}

TEST(Exchange, EndsATunnelThatStandsStill) {
  ProxyHarness proxy;
  TestBackend backend;
  proxy.add_backend(backend.address());
  proxy.pool().timeouts.tunnel = std::chrono::milliseconds(100);
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  TestPeer served = backend.accept();
  served.read_until("\r\n\r\n");
  served.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 101 "));
  EXPECT_TRUE(served.wait_for_end());
  EXPECT_EQ(proxy.backend_stats().tunnel_timeouts.get(), 1U);
}

}  // namespace
}  // namespace demo::test
