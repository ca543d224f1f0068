#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"
#include "unit/full_unix_queue.h"
#include "unit/own_network.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// A backend whose unix socket has no room: as one of TCP it is given time. One
// failure would eject.
class FullQueue : public testing::Test {
 protected:
  FullQueue() {
    proxy.add_backend(queue.address());
    proxy.forgive_nothing();
  }
  bool somebody_waits() {
    return proxy.eventually([&] { return proxy.stats().worker.backend_connections_open.get() == 1; });
  }
  TestPeer accept() { return TestPeer(queue.accept()); }
  void expect_no_blame() {
    proxy.in_loop([] {});
    EXPECT_EQ(proxy.backend_stats().connect_errors.get(), 0U);
    EXPECT_EQ(proxy.backend_stats().connect_timeouts.get(), 0U);
    EXPECT_EQ(proxy.backend_stats().connect_shortages.get(), 0U);
    EXPECT_THAT(proxy.notices(), IsEmpty());
  }

  ProxyHarness proxy;
  FullUnixQueue queue;
};

TEST_F(FullQueue, IsWaitedFor) {
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_TRUE(somebody_waits());
  queue.make_room();
  TestPeer served = accept();
  EXPECT_THAT(served.read_until("\r\n\r\n"), StartsWith("GET /a "));
  served.send(ok_response("fine"));
  EXPECT_THAT(client.read_message(), EndsWith("fine"));
  // It is a connection like any other.
  client.send(kGet);
  EXPECT_THAT(served.read_until("\r\n\r\n"), StartsWith("GET /a "));
  served.send(ok_response("again"));
  EXPECT_THAT(client.read_message(), EndsWith("again"));
  expect_no_blame();
}

TEST_F(FullQueue, IsWaitedForInTcpMode) {
  proxy.use_tcp_mode();
  TestPeer client = proxy.connect();
  client.send("question");
  EXPECT_TRUE(somebody_waits());
  queue.make_room();
  TestPeer served = accept();
  EXPECT_EQ(served.read_bytes(8), "question");
  served.send("answer");
  EXPECT_EQ(client.read_bytes(6), "answer");
  expect_no_blame();
}

TEST_F(FullQueue, ThatStaysFullIsAConnectThatTimesOut) {
  proxy.pool().timeouts.connect = milliseconds(100);
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send(kGet);
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 504 "));
  EXPECT_THAT(response, HasSubstr("connecting"));
  EXPECT_EQ(proxy.backend_stats().connect_errors.get(), 0U);
  EXPECT_GE(proxy.backend_stats().connect_timeouts.get(), 1U);
}

TEST_F(FullQueue, OfABackendThatEndsMeanwhileRefuses) {
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_TRUE(somebody_waits());
  queue.stop_listening();
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_GE(proxy.backend_stats().connect_errors.get(), 1U);
}

TEST_F(FullQueue, CanBeLeft) {
  TestPeer client = proxy.connect();
  client.send(kGet);
  EXPECT_TRUE(somebody_waits());
  client.reset();
  EXPECT_TRUE(proxy.eventually([&] { return proxy.stats().worker.backend_connections_open.get() == 0; }));
  expect_no_blame();
}

TEST(NoAddress, OfTheBackendsFamilyIsAFailureToReachIt) {
  const bool possible = in_own_network(kWithoutIpv6, [] {
    ProxyHarness proxy;
    proxy.add_backend(*Address::parse("[2001:db8::1]:80"));
    proxy.forgive_nothing();
    TestPeer client = proxy.connect();
    client.send(kGet);
    EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 502 "));
    EXPECT_EQ(proxy.backend_stats().connect_errors.get(), 1U);
    EXPECT_EQ(proxy.backend_stats().connect_shortages.get(), 0U);
    EXPECT_EQ(proxy.backend_stats().ejections.get(), 1U);
    EXPECT_THAT(proxy.notices(), ElementsAre(HasSubstr("this host has no route to it")));
  });
  if (!possible) GTEST_SKIP() << kNoOwnNetwork;
}

// In both modes: it refused nothing.
TEST(NoRoute, ToABackendIsToldAsThat) {
  for (const bool tcp : {false, true}) {
    for (const char* address : {"10.1.2.3:80", "[2001:db8::1]:80"}) {
      const bool possible = in_own_network("true", [&] {
        ProxyHarness proxy;
        proxy.add_backend(*Address::parse(address));
        proxy.forgive_nothing();
        if (tcp) proxy.use_tcp_mode();
        TestPeer client = proxy.connect();
        client.send(kGet);
        const std::string response = client.read_to_end();
        EXPECT_THAT(response, HasSubstr(tcp ? "" : "has no route to the backend"));
        EXPECT_THAT(proxy.notices(), ElementsAre(HasSubstr("this host has no route to it")));
        EXPECT_EQ(proxy.backend_stats().connect_errors.get(), 1U);
      });
      if (!possible) GTEST_SKIP() << kNoOwnNetwork;
    }
  }
}

}  // namespace
}  // namespace demo::test
