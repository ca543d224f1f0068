#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <string_view>

#include "unit/proxy/proxy_harness.h"

namespace demo::test {

inline constexpr std::string_view kLastGet = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
inline constexpr std::string_view kLastOk =
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

inline bool has_ipv6() {
  const UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Address any = *Address::parse("[::1]:0");
  return fd && ::bind(fd.get(), any.sockaddr_ptr(), any.sockaddr_size()) == 0;
}

// A backend whose name has an address that is silent and one of the other family that answers.
class FamilyRace : public testing::Test {
 protected:
  static constexpr std::uint32_t kSilent = 0;
  static constexpr std::uint32_t kOther = 1;

  void SetUp() override {
    if (!has_ipv6()) GTEST_SKIP() << "needs an IPv6 loopback";
    other_.emplace("[::1]");
    add(silent_.address());
    add(other_->address());
    proxy.pool().timeouts.connect = std::chrono::hours(1);
    proxy.forgive_nothing();
  }

  void add(const Address& address) {
    const std::uint32_t slot = proxy.add_backend(address);
    proxy.pool().members[slot].endpoint.text = "two.test:80";
  }
  std::uint64_t connects(std::uint32_t slot) { return proxy.backend_stats(slot).connects.get(); }
  // One request that comes out at the family that answers.
  void ask() {
    TestPeer client = proxy.connect(kLastGet);
    serve(*other_, client);
  }
  void serve(TestBackend& backend, TestPeer& client) {
    TestPeer served = backend.accept();
    EXPECT_THAT(served.read_until("\r\n\r\n"), testing::StartsWith("GET /a"));
    served.send(kLastOk);
    served.close();
    EXPECT_THAT(client.read_to_end(), testing::StartsWith("HTTP/1.1 200 "));
    client.close();
  }
  // So many that the balancer has come to the silent one.
  void ask_until_the_silent_one_was_tried() {
    for (int i = 0; i < 4 && connects(kSilent) == 0; ++i) ask();
    ASSERT_EQ(connects(kSilent), 1U);
  }
  void expect_no_blame(std::uint32_t slot) {
    const BackendStats& stats = proxy.backend_stats(slot);
    EXPECT_EQ(stats.connect_errors.get(), 0U);
    EXPECT_EQ(stats.connect_timeouts.get(), 0U);
    EXPECT_EQ(stats.ejections.get(), 0U);
  }
  bool all_end() {
    return proxy.eventually([&] {
      return proxy.stats().worker.backend_connections_open.get() == 0 &&
             proxy.backend_stats(kSilent).requests_active.get() == 0 &&
             proxy.backend_stats(kOther).requests_active.get() == 0;
    });
  }

  ProxyHarness proxy;
  BlackHole silent_;
  std::optional<TestBackend> other_;
};

// The other family serves one connection, which is taken.
class FamilyRaceRoom : public FamilyRace {
 protected:
  void SetUp() override {
    FamilyRace::SetUp();
    if (IsSkipped()) return;
    proxy.pool().members[kSilent].weight = 60;
    proxy.pool().members[kOther].weight = 100;
    proxy.pool().members[kOther].max_connections = 1;
    proxy.apply();
    first_.emplace(proxy.connect(kGet));
    served_.emplace(other_->accept());
    EXPECT_THAT(served_->read_message(), testing::StartsWith("GET /a"));
  }
  bool queued(std::uint64_t count) {
    return proxy.eventually([&] { return proxy.backend_stats(kOther).queued.get() == count; });
  }
  // A request at the silent family that waits for a place of the other one beside.
  TestPeer wait_beside() {
    TestPeer client = proxy.connect(kLastGet);
    EXPECT_TRUE(queued(1));
    EXPECT_EQ(connects(kSilent), 1U);
    return client;
  }
  void expect_served(TestPeer& client, TestPeer served) {
    EXPECT_THAT(served.read_until("\r\n\r\n"), testing::StartsWith("GET /a"));
    served.send(kLastOk);
    served.close();
    EXPECT_THAT(client.read_to_end(), testing::EndsWith("ok"));
  }

  std::optional<TestPeer> first_;
  std::optional<TestPeer> served_;
};

}  // namespace demo::test
