#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;

const std::string kChunk = "10000\r\n" + std::string(0x10000, 'f') + "\r\n";

// A client that reads later than the backend sends, or never.
class ProxySlowReader : public WithBackend {
 protected:
  void limit_write_time() {
    proxy.snapshot.client_timeouts.write = milliseconds(100);
    proxy.apply();
  }
  // It has asked, and the kernel holds little for it.
  Pair ask() {
    TestPeer client = proxy.connect();
    client.limit_receive_buffer(8 * 1024);
    client.send(kGet);
    TestPeer served = backend.accept();
    served.read_message();
    return {std::move(client), std::move(served)};
  }
};

TEST_F(ProxySlowReader, NotReadingStopsTheBackendAtBoundedMemory) {
  Pair pair = ask();
  pair.served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::size_t sent = 0;
  // Fill what the kernel holds on both sides, until nothing moves any more.
  for (int idle = 0; idle < 50;) {
    const std::size_t now = pair.served.send_some(std::string_view(kChunk).substr(sent % kChunk.size()));
    sent += now;
    if (now != 0) {
      idle = 0;
      continue;
    }
    ++idle;
    proxy.in_loop([] {});
  }
  std::size_t lent = 0;
  proxy.in_loop([&] { lent = proxy.buffers().lent(); });
  EXPECT_LE(lent, 2U);
  pair.client.reset();
  EXPECT_TRUE(backend_connections_end());
}

TEST_F(ProxySlowReader, NotReadingEndsAfterTheWriteTime) {
  limit_write_time();
  Pair pair = ask();
  std::thread flood([&] { pair.served.send(ok_response(std::string(50'000'000, 'f'))); });
  EXPECT_TRUE(client_connections_end());
  EXPECT_TRUE(backend_connections_end());
  flood.join();
  EXPECT_EQ(proxy.stats().worker.timeouts.get(), 1U);
}

TEST_F(ProxySlowReader, NotReadingEndsAfterTheWriteTimeWhateverElseItSends) {
  limit_write_time();
  Pair pair = ask();
  std::thread flood([&] {
    pair.served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 1'000; ++i) pair.served.send(kChunk);
  });
  // Far more often than the time-out, for as long as it takes; a sixteenth of the head's limit at most.
  EXPECT_TRUE(proxy.eventually([&] {
    pair.client.send_some("s");
    return proxy.stats().worker.connections_open.get() == 0;
  }));
  flood.join();
  EXPECT_EQ(proxy.stats().worker.timeouts.get(), 1U);
}

TEST_F(ProxySlowReader, AnAnswerIsNotLostToARequestThatCameBehindIt) {
  proxy.snapshot.client_keepalive.enabled = false;
  proxy.apply();
  Pair pair = ask();
  const std::string body(60'000, 'a');
  // Before the client's connection is watched: nobody tells of the second request.
  proxy.in_loop([&] {
    pair.client.send(kGet);
    pair.served.send(ok_response(body));
  });
  EXPECT_THAT(pair.client.read_to_end(), EndsWith(body));
  EXPECT_FALSE(pair.client.was_reset());
}

TEST_F(ProxySlowReader, ThatReadsTooSlowlySeesThatABodyUntilTheEndIsNotWhole) {
  limit_write_time();
  Pair pair = ask();
  std::thread flood([&] { pair.served.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(50'000'000, 'f')); });
  EXPECT_TRUE(client_connections_end());
  flood.join();
  pair.client.read_to_end();
  EXPECT_TRUE(pair.client.was_reset());
}

}  // namespace
}  // namespace demo::test
