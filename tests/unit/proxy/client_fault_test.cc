#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Each test ends with the harness, which finds buffers, connections and gauges that were not given back.
class ClientFault : public WithBackend {};

TEST_F(ClientFault, LeavingBeforeARequest) {
  TestPeer client = proxy.connect();
  client.close();
  EXPECT_TRUE(client_connections_end());
}

TEST_F(ClientFault, LeavingInsideAHead) {
  TestPeer client = proxy.connect();
  client.send("GET / HTTP/1.1\r\nHos");
  client.close();
  EXPECT_TRUE(client_connections_end());
  EXPECT_FALSE(backend.has_connection());
}

TEST_F(ClientFault, LeavingWhileTheBackendIsConnecting) {
  BlackHole hole;
  proxy.pool().members.clear();
  proxy.add_backend(hole.address());
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.backend_connections_open.get() == 1; }));
  client.reset();
  EXPECT_TRUE(client_connections_end());
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(ClientFault, LeavingWhileItWaitsForTheHead) {
  Pair pair = send_head(kGet);
  pair.client.reset();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(ClientFault, LeavingInsideAResponse) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  pair.client.read_until("half");
  pair.client.reset();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(ClientFault, LeavingInsideAnUpload) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_EQ(pair.served.read_bytes(4), "half");
  pair.client.close();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(ClientFault, LeavingInsideALargeUpload) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
  pair.client.send_some(std::string(1'000'000, 'x'));
  pair.client.reset();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(ClientFault, LeavingTheQueue) {
  proxy.pool().members[0].max_connections = 1;
  proxy.apply();
  Pair first = send_head(kGet);
  TestPeer second = proxy.connect();
  second.send(kGet);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().queued.get() == 1; }));
  second.reset();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().queued.get() == 0; }));
  first.served.send(ok_response("one"));
  EXPECT_THAT(first.client.read_message(), EndsWith("one"));
}

TEST_F(ClientFault, LeavingATunnel) {
  Pair pair = send_head("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n");
  pair.served.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n");
  pair.client.read_until("\r\n\r\n");
  pair.client.reset();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(ClientFault, HalfClosingAfterARequestStillGetsTheResponse) {
  Pair pair = send_head(kGet);
  pair.client.finish();
  pair.served.send(ok_response("late"));
  EXPECT_THAT(pair.client.read_to_end(), EndsWith("late"));
}

TEST_F(ClientFault, AHeadThatIsNeverCompleteIsA408) {
  proxy.snapshot.client_timeouts.head = milliseconds(100);
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send("GET / HTTP/1.1\r\nHos");
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(response, HasSubstr("head"));
}

class SlowHead : public ClientFault {
 protected:
  SlowHead() {
    proxy.snapshot.client_timeouts.head = milliseconds(100);
    proxy.apply();
  }
  // Byte after byte, each before the time is over.
  void trickle_until_answered(TestPeer& client) {
    client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
    for (int sent = 0; client.silent() && sent < 10'000; ++sent) {
      const std::uint64_t before = proxy.stats().worker.bytes_in.get();
      client.send("s");
      proxy.eventually([&] { return proxy.stats().worker.bytes_in.get() > before || !client.silent(); });
    }
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 408 "));
  }
};

TEST_F(SlowHead, ThatTricklesIsA408) {
  TestPeer client = proxy.connect();
  trickle_until_answered(client);
}

TEST_F(SlowHead, ThatTricklesOnAKeptConnectionIsA408) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("x"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("x"));
  trickle_until_answered(pair.client);
}

TEST_F(SlowHead, ThatTricklesBehindAProxyHeaderIsA408) {
  proxy.use_gate();
  TestPeer client = proxy.connect();
  client.send("PROXY TCP4 192.0.2.7 192.0.2.8 1000 80\r\n");
  trickle_until_answered(client);
}

TEST_F(ClientFault, ARefusalBeforeTheBodyIsNotLostToTheBody) {
  proxy.snapshot.pools.clear();
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 503 "));
  client.send(std::string(100'000, 'b'));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_FALSE(client.was_reset());
}

TEST_F(ClientFault, ARefusedHeadIsNotLostToWhatFollowsIt) {
  TestPeer client = proxy.connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n");
  EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 400 "));
  client.send(std::string(100'000, 'b'));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_FALSE(client.was_reset());
}

TEST_F(ClientFault, ThatWaitsForA100IsNotToBlameForASlowBackend) {
  proxy.snapshot.client_timeouts.body = milliseconds(50);
  proxy.snapshot.client_timeouts.request = milliseconds(50);
  proxy.snapshot.client_timeouts.head = milliseconds(200);
  proxy.apply();
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  // What tells the time: a head that never comes.
  TestPeer clock = proxy.connect();
  clock.send("GET");
  EXPECT_THAT(clock.read_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(pair.client.silent());
  // From here on it is the client's turn, and this test is no judge of its pace. The clock goes round once
  // more, for the time-out that was running.
  proxy.snapshot.client_timeouts = {.head = milliseconds(200)};
  proxy.apply();
  TestPeer again = proxy.connect();
  again.send("GET");
  EXPECT_THAT(again.read_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(pair.client.silent());
  pair.served.send("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  pair.client.send("body");
  EXPECT_EQ(pair.served.read_bytes(4), "body");
  pair.served.send(ok_response("late"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("late"));
}

TEST_F(ClientFault, ThatWasToldToContinueAndDoesNotIsA408) {
  proxy.snapshot.client_timeouts.body = milliseconds(50);
  proxy.apply();
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  pair.served.send("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(pair.client.read_to_end(), HasSubstr("HTTP/1.1 408 "));
}

TEST_F(ClientFault, ABodyThatStopsIsA408) {
  proxy.snapshot.client_timeouts.body = milliseconds(100);
  proxy.apply();
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  const std::string response = pair.client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(response, HasSubstr("body"));
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(ClientFault, ABodyThatTricklesIsA408AfterTheTimeForTheWholeRequest) {
  proxy.snapshot.client_timeouts.request = milliseconds(200);
  proxy.apply();
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  while (pair.client.silent()) {
    pair.client.send("x");
    pair.served.read_bytes(1);
  }
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ClientFault, AnIdleConnectionClosesSilentlyAfterItsTime) {
  proxy.snapshot.client_keepalive.idle_timeout = milliseconds(100);
  proxy.apply();
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("x"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("x"));
  EXPECT_EQ(pair.client.read_to_end(), "");
  EXPECT_FALSE(pair.client.was_reset());
}

TEST_F(ClientFault, AHeadThatIsTooLargeIsA431) {
  TestPeer client = proxy.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Large: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 431 "));
  EXPECT_FALSE(backend.has_connection());
}

// A head of just this size, which closes its connection.
std::string head_of_size(std::size_t size, std::string_view fields = "Host: h\r\n") {
  std::string head = "GET / HTTP/1.1\r\nConnection: close\r\n";
  head.append(fields).append("X-Fill: ");
  return head.append(size - head.size() - 4, 'x').append("\r\n\r\n");
}

TEST_F(ClientFault, AHeadOfTheLimitsSizeIsForwardedWithAllThatIsAdded) {
  proxy.snapshot.forwarding = {.x_forwarded = true, .forwarded = true, .via = true};
  proxy.pool().send_proxy_protocol = SendProxyProtocol::kV1;
  proxy.apply();
  for (const std::size_t less : {0, 1, 100, 200, 300, 400}) {
    const std::string head = head_of_size(limits::kHeadSizeBytes - less);
    TestPeer client = proxy.connect();
    client.send(head);
    TestPeer served = backend.accept();
    served.read_until("PROXY ");
    const std::string got = served.read_message();
    EXPECT_THAT(got, HasSubstr("\r\n" + head.substr(head.find("X-Fill"),
                                                    head.find("\r\n\r\n") - head.find("X-Fill"))));
    EXPECT_THAT(got, HasSubstr("Via: "));
    served.send(ok_response("x"));
    EXPECT_THAT(client.read_to_end(), EndsWith("x")) << less;
  }
}

TEST_F(ClientFault, ALongHeadIsSentAgainWhenItsConnectionHasEnded) {
  proxy.snapshot.forwarding = {.x_forwarded = true, .forwarded = true, .via = true};
  proxy.apply();
  const std::string host = "Host: " + std::string(3000, 'h') + "\r\n";
  Pair first = send_head(kGet);
  first.served.send(ok_response("x"));
  EXPECT_THAT(first.client.read_message(), EndsWith("x"));
  first.client.send(head_of_size(limits::kHeadSizeBytes, host));
  EXPECT_THAT(first.served.read_message(), HasSubstr("X-Fill: x"));
  first.served.close();
  TestPeer again = backend.accept();
  EXPECT_THAT(again.read_message(), HasSubstr(";host=\"hhh"));
  again.send(ok_response("y"));
  EXPECT_THAT(first.client.read_to_end(), EndsWith("y"));
}

TEST_F(ClientFault, ABodyBehindALongHeadFollowsIt) {
  proxy.snapshot.forwarding = {.x_forwarded = true, .forwarded = true, .via = true};
  proxy.apply();
  std::string head = head_of_size(limits::kHeadSizeBytes, "Host: h\r\nContent-Length: 20000\r\n");
  head.replace(0, 3, "PUT");
  TestPeer client = proxy.connect();
  client.send(head + std::string(20'000, 'b'));
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_message(), EndsWith("\r\n\r\n" + std::string(20'000, 'b')));
  served.send(ok_response("x"));
  EXPECT_THAT(client.read_to_end(), EndsWith("x"));
}

TEST_F(ClientFault, AResponseHeadOfTheLimitsSizeIsPassedOnWithAllThatIsAdded) {
  proxy.snapshot.forwarding.via = true;
  proxy.apply();
  std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Fill: ";
  head.append(limits::kHeadSizeBytes - head.size() - 4, 'x').append("\r\n\r\n");
  const std::string got = answer(head + "b", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(got, HasSubstr("Via: "));
  EXPECT_THAT(got, EndsWith("\r\n\r\nb"));
}

TEST_F(ClientFault, ABadChunkIsA400AndNoCompleteRequestAtTheBackend) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  EXPECT_EQ(pair.served.read_until("hello\r\n"), "5\r\nhello\r\n");
  pair.client.send("-1\r\n");
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(pair.served.read_to_end(), "");
}

TEST_F(ClientFault, AHeadInManyPiecesIsStillOneRequest) {
  TestPeer client = proxy.connect();
  for (const char byte : kPost) client.send({&byte, 1});
  TestPeer served = backend.accept();
  EXPECT_EQ(served.read_message(), kPost);
  served.send(ok_response("x"));
  EXPECT_THAT(client.read_message(), EndsWith("x"));
}

}  // namespace
}  // namespace demo::test
