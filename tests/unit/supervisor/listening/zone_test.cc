#include <gmock/gmock.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "supervisor/listening/listener_socket.h"
#include "unit/own_network.h"

// Listeners on link-local addresses.

namespace demo {
namespace {

using testing::HasSubstr;

// The kernel takes the address at once, and adds the route to it in a work of its own (addrconf_dad_work).
bool connects(int fd, const Address& address) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (::connect(fd, address.sockaddr_ptr(), address.sockaddr_size()) != 0) {
    if (errno != ENETUNREACH || std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

Listener listener_on(std::string_view address) {
  Listener listener;
  listener.address = *Address::parse(address);
  return listener;
}

TEST(Zone, ListenerOnALinkLocalAddressIsReachedThroughItsInterface) {
  const bool possible = test::in_own_network("ip address add fe80::1/64 dev lo nodad", [] {
    const Listener listener = listener_on("[fe80::1%lo]:0");
    EXPECT_TRUE(probe_address(listener));
    const Result<ListenerSocket> socket = open_listener_socket(listener, listener.address);
    if (!socket) FAIL() << socket.error().message;
    EXPECT_EQ(socket->bound.zone(), "lo");
    EXPECT_EQ(socket->bound.to_string(), "[fe80::1%lo]:" + std::to_string(socket->bound.port()));
    const UniqueFd client(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Result<Address> again = Address::parse(socket->bound.to_string());
    EXPECT_TRUE(connects(client.get(), *again)) << std::strerror(errno);
  });
  if (!possible) GTEST_SKIP() << test::kNoOwnNetwork;
}

TEST(Zone, MissingInterfaceIsNamed) {
  const Listener listener = listener_on("[fe80::1%nosuch0]:0");
  const Result<ListenerSocket> socket = open_listener_socket(listener, listener.address);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_THAT(socket.error().message, HasSubstr("there is no network interface \"nosuch0\""));
  const Status probed = probe_address(listener);
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().message, socket.error().message);
}

TEST(Zone, ListenerOnALoopbackAddressMayNameItsInterface) {
  const Listener listener = listener_on("[::1%lo]:0");
  const Result<ListenerSocket> socket = open_listener_socket(listener, listener.address);
  if (!socket) GTEST_SKIP() << socket.error().message;
  EXPECT_EQ(socket->bound.host(), "::1");
}

}  // namespace
}  // namespace demo
