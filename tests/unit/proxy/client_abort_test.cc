#include <gtest/gtest.h>

#include "proxy_harness.h"

// Clients that leave are counted by where they were, and never as errors.

namespace demo::test {
namespace {

constexpr std::string_view kUpgrade =
    "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n";
constexpr std::string_view kSwitched =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n";

class ClientAbort : public WithBackend {
 protected:
  // Once every client is gone.
  void expect_aborts(Counter WorkerStats::*place, std::uint64_t count = 1) {
    const WorkerStats& stats = proxy.stats().worker;
    EXPECT_TRUE(proxy.eventually([&] { return stats.connections_open.get() == 0; }));
    EXPECT_EQ((stats.*place).get(), count);
    EXPECT_EQ(stats.aborts_idle.get() + stats.aborts_head.get() + stats.aborts_body.get() +
                  stats.aborts_waiting.get() + stats.aborts_receiving.get(),
              count);
    EXPECT_EQ(stats.read_errors.get() + stats.write_errors.get() + stats.protocol_errors.get() +
                  stats.timeouts.get() + stats.responses_5xx.get(),
              0U);
  }
  // Waits until the loop has taken what the client sent.
  void taken(std::uint64_t bytes) {
    EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.bytes_in.get() == bytes; }));
  }
  void answer_one(Pair& pair) {
    pair.served.send(ok_response("one"));
    pair.client.read_message();
  }
};

TEST_F(ClientAbort, EndBetweenRequestsIsNone) {
  TestPeer fresh = proxy.connect();
  Pair used = send_head(kGet);
  answer_one(used);
  fresh.close();
  used.client.close();
  expect_aborts(&WorkerStats::aborts_idle, 0);
}

TEST_F(ClientAbort, ResetBetweenRequests) {
  Pair pair = send_head(kGet);
  answer_one(pair);
  pair.client.reset();
  expect_aborts(&WorkerStats::aborts_idle);
}

TEST_F(ClientAbort, WithinAHead) {
  const std::string_view part = "GET / HTTP/1.1\r\nHos";
  TestPeer ends = proxy.connect();
  TestPeer resets = proxy.connect();
  for (TestPeer* client : {&ends, &resets}) client->send(part);
  taken(2 * part.size());
  ends.close();
  resets.reset();
  expect_aborts(&WorkerStats::aborts_head, 2);
}

TEST_F(ClientAbort, WithinAProxyHeader) {
  proxy.use_gate();
  TestPeer quiet = proxy.connect();
  TestPeer client = proxy.connect();
  client.send("PROXY TCP4 192.0.2.7 ");
  EXPECT_TRUE(proxy.eventually([&] { return proxy.buffers().lent() == 1; }));
  quiet.close();
  client.close();
  expect_aborts(&WorkerStats::aborts_head);
}

TEST_F(ClientAbort, WithinABody) {
  for (const bool resets : {false, true}) {
    Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
    EXPECT_EQ(pair.served.read_bytes(4), "half");
    resets ? pair.client.reset() : pair.client.close();
    EXPECT_TRUE(pair.served.wait_for_end());
  }
  expect_aborts(&WorkerStats::aborts_body, 2);
}

TEST_F(ClientAbort, WithinASplicedBody) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
  pair.client.send(std::string(200'000, 'x'));
  EXPECT_EQ(pair.served.read_bytes(200'000).size(), 200'000U);
  pair.client.reset();
  EXPECT_TRUE(pair.served.wait_for_end());
  expect_aborts(&WorkerStats::aborts_body);
}

TEST_F(ClientAbort, WhileItWaitsForAResponse) {
  Pair pair = send_head(kGet);
  pair.client.reset();
  EXPECT_TRUE(pair.served.wait_for_end());
  expect_aborts(&WorkerStats::aborts_waiting);
}

TEST_F(ClientAbort, WhileItWaitsInTheQueue) {
  proxy.pool().members[0].max_connections = 1;
  proxy.apply();
  Pair first = send_head(kGet);
  TestPeer second = proxy.connect();
  second.send(kGet);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().queued.get() == 1; }));
  second.reset();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats().queued.get() == 0; }));
  answer_one(first);
  first.client.close();
  expect_aborts(&WorkerStats::aborts_waiting);
}

TEST_F(ClientAbort, WhileTheBackendIsBeingConnectedTo) {
  const BlackHole hole;
  proxy.pool().members.clear();
  proxy.add_backend(hole.address());
  proxy.apply();
  for (const bool tcp : {false, true}) {
    if (tcp) proxy.use_tcp_mode();
    TestPeer client = proxy.connect();
    client.send(kGet);
    EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.backend_connections_open.get() == 1; }));
    client.reset();
    EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.connections_open.get() == 0; }));
  }
  expect_aborts(&WorkerStats::aborts_waiting, 2);
}

TEST_F(ClientAbort, WithinAResponse) {
  for (const std::string_view length : {"100", "100000000"}) {
    Pair pair = send_head(kGet);
    pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::string(length) + "\r\n\r\nhalf");
    pair.client.read_until("half");
    pair.client.reset();
    EXPECT_TRUE(pair.served.wait_for_end());
  }
  expect_aborts(&WorkerStats::aborts_receiving, 2);
}

TEST_F(ClientAbort, WithinATunnelShowsAsAResetToTheBackend) {
  Pair pair = send_head(kUpgrade);
  pair.served.send(kSwitched);
  pair.client.read_until("\r\n\r\n");
  pair.client.reset();
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(pair.served.was_reset());
  expect_aborts(&WorkerStats::aborts_receiving);
}

TEST_F(ClientAbort, WithinATcpConnection) {
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  TestPeer served = backend.accept();
  client.send("x");
  EXPECT_EQ(served.read_bytes(1), "x");
  client.reset();
  EXPECT_TRUE(served.wait_for_end());
  expect_aborts(&WorkerStats::aborts_receiving);
}

TEST_F(ClientAbort, TunnelsThatTheBackendBreaksAreNone) {
  Pair pair = send_head(kUpgrade);
  pair.served.send(kSwitched);
  pair.client.read_until("\r\n\r\n");
  pair.served.reset();
  EXPECT_TRUE(pair.client.wait_for_end());
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  TestPeer served = backend.accept();
  client.send("x");
  EXPECT_EQ(served.read_bytes(1), "x");
  served.reset();
  EXPECT_TRUE(client.wait_for_end());
  expect_aborts(&WorkerStats::aborts_receiving, 0);
}

}  // namespace
}  // namespace demo::test
