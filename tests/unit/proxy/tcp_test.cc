#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::StartsWith;

class Tcp : public WithBackend {
 protected:
  Tcp() { proxy.use_tcp_mode(); }
  Pair open() {
    TestPeer client = proxy.connect();
    return {std::move(client), backend.accept()};
  }
};

TEST_F(Tcp, RelaysBothWaysBeforeAnybodySpoke) {
  Pair pair = open();
  pair.served.send("banner");
  EXPECT_EQ(pair.client.read_bytes(6), "banner");
  pair.client.send("question");
  EXPECT_EQ(pair.served.read_bytes(8), "question");
}

TEST_F(Tcp, PassesAHalfCloseOn) {
  Pair pair = open();
  pair.client.send("all");
  pair.client.finish();
  EXPECT_EQ(pair.served.read_to_end(), "all");
  pair.served.send("answer");
  pair.served.close();
  EXPECT_EQ(pair.client.read_to_end(), "answer");
  EXPECT_FALSE(pair.client.was_reset());
}

TEST_F(Tcp, PassesLastWordsOnThoughNobodyListensAnyMore) {
  Pair pair = open();
  // One turn: the client's bytes find a backend that said something and is gone.
  proxy.in_loop([&] {
    pair.client.send("a command");
    pair.served.send("go away");
    pair.served.reset();
  });
  EXPECT_EQ(pair.client.read_to_end(), "go away");
  Pair other = open();
  proxy.in_loop([&] {
    other.served.send("a question");
    other.client.send("bye");
    other.client.reset();
  });
  EXPECT_EQ(other.served.read_to_end(), "bye");
}

TEST_F(Tcp, RelaysBulkBothWaysAtOnce) {
  Pair pair = open();
  std::string up(8'000'000, 'u');
  std::string down(8'000'000, 'd');
  for (std::size_t i = 0; i < up.size(); i += 1001) up[i] = down[i] = static_cast<char>('a' + i % 23);
  std::thread client_sends([&] { pair.client.send(up); });
  std::thread backend_sends([&] { pair.served.send(down); });
  std::string got_up;
  std::thread backend_reads([&] { got_up = pair.served.read_bytes(up.size()); });
  EXPECT_EQ(pair.client.read_bytes(down.size()), down);
  client_sends.join();
  backend_sends.join();
  backend_reads.join();
  EXPECT_EQ(got_up, up);
}

TEST_F(Tcp, ShowsAResetToTheOtherSide) {
  Pair pair = open();
  pair.served.send("some");
  EXPECT_EQ(pair.client.read_bytes(4), "some");
  pair.served.reset();
  pair.client.read_to_end();
  EXPECT_TRUE(pair.client.was_reset());
}

TEST_F(Tcp, TriesTheNextBackendWhenOneRefuses) {
  TestBackend other;
  proxy.add_backend(other.address());
  proxy.apply();
  backend.close();
  for (int i = 0; i < 3; ++i) {
    TestPeer client = proxy.connect();
    TestPeer served = other.accept();
    client.send("hello");
    EXPECT_EQ(served.read_bytes(5), "hello");
  }
}

TEST_F(Tcp, EndsTheClientWhenNobodyIsThere) {
  backend.close();
  TestPeer client = proxy.connect();
  EXPECT_TRUE(client.wait_for_end());
}

TEST_F(Tcp, EndsAfterTheIdleTime) {
  proxy.pool().timeouts.tunnel = milliseconds(100);
  proxy.apply();
  Pair pair = open();
  EXPECT_TRUE(pair.client.wait_for_end());
  EXPECT_TRUE(pair.client.was_reset()) << "it looks as if all had come";
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(pair.served.was_reset());
  EXPECT_EQ(proxy.backend_stats().tunnel_timeouts.get(), 1U);
}

TEST_F(Tcp, WaitsInTheQueueAndEndsAfterItsTime) {
  proxy.pool().members[0].max_connections = 1;
  proxy.pool().timeouts.queue = milliseconds(100);
  proxy.apply();
  Pair first = open();
  TestPeer second = proxy.connect();
  EXPECT_TRUE(second.wait_for_end());
  EXPECT_EQ(proxy.backend_stats().queue_timeouts.get(), 1U);
  first.served.send("still here");
  EXPECT_EQ(first.client.read_bytes(10), "still here");
}

TEST_F(Tcp, CutEndsWhatIsLeftAndSaysHowMany) {
  Pair pair = open();
  pair.client.send("x");
  EXPECT_EQ(pair.served.read_bytes(1), "x");
  std::uint64_t ended = 0;
  proxy.in_loop([&] { ended = proxy.tcp().cut(); });
  EXPECT_EQ(ended, 1U);
  EXPECT_TRUE(pair.client.wait_for_end());
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(Tcp, AMemberThatIsCutEndsItsConnections) {
  Pair pair = open();
  proxy.pool().members[0].usable = false;
  proxy.pool().members[0].cut = true;
  proxy.apply();
  EXPECT_TRUE(pair.client.wait_for_end());
  EXPECT_EQ(proxy.backend_stats().forced_closes.get(), 1U);
}

TEST_F(Tcp, TellsTheBackendWhoTheClientIs) {
  proxy.pool().send_proxy_protocol = SendProxyProtocol::kV1;
  proxy.apply();
  Pair pair = open();
  pair.client.send("hello");
  const std::string header = pair.served.read_until("\r\n");
  EXPECT_THAT(header, StartsWith("PROXY TCP4 127.0.0.1 127.0.0.1 " +
                                 std::to_string(pair.client.local_address().port()) + " "));
  EXPECT_EQ(pair.served.read_bytes(5), "hello");
}

TEST_F(Tcp, PassesAReceivedProxyHeadersAddressOn) {
  proxy.pool().send_proxy_protocol = SendProxyProtocol::kV1;
  proxy.apply();
  proxy.use_gate();
  TestPeer client = proxy.connect();
  client.send("PROXY TCP4 192.0.2.7 192.0.2.8 1000 80\r\nhello");
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_until("\r\n"), StartsWith("PROXY TCP4 192.0.2.7 "));
  EXPECT_EQ(served.read_bytes(5), "hello");
}

class Gate : public WithBackend {
 protected:
  Gate() { proxy.use_gate(); }
};

TEST_F(Gate, TakesTheClientsAddressFromTheHeader) {
  proxy.snapshot.forwarding.x_forwarded = true;
  proxy.apply();
  TestPeer client = proxy.connect();
  for (const char byte : std::string_view("PROXY TCP4 192.0.2.7 192.0.2.8 1000 80\r\n"))
    client.send({&byte, 1});
  client.send(kGet);
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_message(), testing::HasSubstr("X-Forwarded-For: 192.0.2.7\r\n"));
}

TEST_F(Gate, TakesTheClientsAddressFromABinaryHeaderToo) {
  proxy.snapshot.forwarding.x_forwarded = true;
  proxy.apply();
  TestPeer client = proxy.connect();
  const std::string header("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xc0\0\x02\x08\x03\xe8\0\x50",
                           28);
  client.send(header + std::string(kGet));
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_message(), testing::HasSubstr("X-Forwarded-For: 192.0.2.7\r\n"));
}

TEST_F(Gate, ClosesAConnectionWithoutAHeader) {
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_TRUE(client.wait_for_end());
  EXPECT_FALSE(backend.has_connection());
  EXPECT_EQ(proxy.stats().worker.protocol_errors.get(), 1U);
}

TEST_F(Gate, ClosesAConnectionWhoseHeaderNeverComes) {
  proxy.snapshot.client_timeouts.head = milliseconds(100);
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send("PROXY ");
  EXPECT_TRUE(client.wait_for_end());
}

}  // namespace
}  // namespace demo::test
