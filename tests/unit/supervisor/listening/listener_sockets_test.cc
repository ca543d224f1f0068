#include "supervisor/listening/listener_sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "begun_client.h"
#include "supervisor/listening/syn_filter.h"

namespace demo {
namespace {

constexpr int kClients = 32;
constexpr int kPatienceMs = 10'000;

// Without CAP_NET_RAW, as the service runs: a socket that is bound to an interface stays bound to it.
void drop_net_raw() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  ASSERT_EQ(::syscall(SYS_capget, &header, data), 0);
  data[0].effective &= ~(1U << CAP_NET_RAW);
  ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
}
void raise_net_raw() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  ASSERT_EQ(::syscall(SYS_capget, &header, data), 0);
  data[0].effective |= data[0].permitted & (1U << CAP_NET_RAW);
  ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
}

class ListenerSocketsTest : public testing::Test {
 protected:
  ListenerSocketsTest() {
    drop_net_raw();
    Listener& listener = config_.listeners.emplace_back();
    listener.address = *Address::parse("127.0.0.1:0");
    listener.kernel.interface = "lo";
    listener.accept_mode = AcceptMode::kReuseport;
    // A port that is free, and the same again after the listener was gone.
    auto probe = open_listener_socket(listener, listener.address);
    EXPECT_TRUE(probe);
    if (probe) listener.address.set_port(probe->bound.port());
  }
  ~ListenerSocketsTest() override { raise_net_raw(); }

  void change_to(const Config& config) {
    ASSERT_TRUE(sockets_.prepare(config, {{0, 0}, {1, 1}}, ListenerSockets::Patience::kNew));
    sockets_.commit({standings_, 1, 1});
  }
  // Descriptors of all that is lent, as workers get them.
  std::vector<UniqueFd> grants() {
    std::vector<UniqueFd> held;
    for (const auto& list : sockets_.loans(standings_, [](const Listener&) { return 0U; })) {
      for (const SocketLoan& loan : list) held.emplace_back(::dup(loan.fd.get()));
    }
    return held;
  }

  Config config_;
  std::vector<WorkerStanding> standings_{{{0, 0}, true, true, true, 0}, {{1, 1}, true, true, true, 0}};
  ListenerSockets sockets_;
};

TEST_F(ListenerSocketsTest, ListenerThatComesBackIsReachedWhileAWorkerStillHoldsWhatItHadBefore) {
  change_to(config_);
  const std::vector<UniqueFd> held = grants();
  ASSERT_EQ(held.size(), 2U);
  change_to({});
  ASSERT_EQ(sockets_.leaving().size(), 1U);
  change_to(config_);
  const Address& at = config_.listeners[0].address;
  for (int i = 0; i < kClients; ++i) {
    const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(client.get(), at.sockaddr_ptr(), at.sockaddr_size());
    pollfd connected{client.get(), POLLOUT, 0};
    ASSERT_EQ(::poll(&connected, 1, kPatienceMs), 1) << "client " << i << " waits";
    EXPECT_EQ(connected.revents & (POLLERR | POLLHUP), 0) << "client " << i;
  }
}

// What it had before was still there when the kernel was asked who listens.
TEST_F(ListenerSocketsTest, ListenerThatComesBackIsNoStrangerToANewOneThatOverlapsIt) {
  change_to(config_);
  const std::vector<UniqueFd> held = grants();
  change_to({});
  Listener& wildcard = config_.listeners.emplace_back();
  wildcard.address = *Address::parse("0.0.0.0:0");
  wildcard.address.set_port(config_.listeners[0].address.port());
  change_to(config_);
  EXPECT_NE(sockets_.find(config_.listeners[1]), nullptr);
}

TEST_F(ListenerSocketsTest, RefusesThePortThatTheKernelGaveAnotherListener) {
  config_.listeners[0] = {};
  config_.listeners[0].address = *Address::parse("127.0.0.1:0");
  change_to(config_);
  Config next = config_;
  next.listeners.emplace_back().address = sockets_.find(config_.listeners[0])->bound();
  const std::vector<WorkerPlace> workers = {{0, 0}, {1, 1}};
  const auto refused = sockets_.prepare(next, workers, ListenerSockets::Patience::kNew);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("this daemon's own listener 127.0.0.1:0 has it"));
  // In a configuration without the first one it is free to be had.
  next.listeners.erase(next.listeners.begin());
  EXPECT_TRUE(sockets_.prepare(next, workers, ListenerSockets::Patience::kNew));
  sockets_.rollback();
  EXPECT_NE(sockets_.find(config_.listeners[0]), nullptr);
}

bool is_connected_within(const UniqueFd& client, int patience_ms) {
  pollfd event{client.get(), POLLOUT, 0};
  return ::poll(&event, 1, patience_ms) == 1 && (event.revents & POLLERR) == 0;
}

TEST_F(ListenerSocketsTest, HoldsNewClientsOffUntilTheyAreTakenAgain) {
  change_to(config_);
  const Address first = config_.listeners[0].address;
  EXPECT_FALSE(sockets_.take_new(true));
  EXPECT_TRUE(sockets_.take_new(false));
  EXPECT_FALSE(sockets_.take_new(false));
  std::vector<UniqueFd> clients;
  clients.push_back(begin_to_connect(first));
  Listener& added = config_.listeners.emplace_back();
  added.address = *Address::parse("127.0.0.2:0");
  change_to(config_);
  clients.push_back(begin_to_connect(sockets_.find(config_.listeners[1])->bound()));
  for (const UniqueFd& client : clients) EXPECT_FALSE(is_connected_within(client, 0));
  EXPECT_TRUE(sockets_.take_new(true));
  for (const UniqueFd& client : clients) EXPECT_TRUE(is_connected_within(client, kPatienceMs));
}

TEST_F(ListenerSocketsTest, TakesNewClientsWhomTheSupervisorBeforeHeldOff) {
  change_to(config_);
  for (const UniqueFd& socket : grants()) drop_new_handshakes(socket.get());
  const UniqueFd client = begin_to_connect(config_.listeners[0].address);
  EXPECT_FALSE(is_connected_within(client, 0));
  sockets_.take_new(true);
  EXPECT_TRUE(is_connected_within(client, kPatienceMs));
}

}  // namespace
}  // namespace demo
