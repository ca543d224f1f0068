#include <gmock/gmock.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "supervisor/listening/listener_socket.h"

// Listeners on link-local addresses: each test in a thread with a network of its own.

namespace demo {
namespace {

using testing::HasSubstr;

// Whether there is a network of this thread's own now, whose loopback has fe80::1.
bool enter_own_network() {
  return ::unshare(CLONE_NEWNET) == 0 &&
         std::system("ip link set lo up && ip address add fe80::1/64 dev lo nodad") == 0;
}

Listener listener_on(std::string_view address) {
  Listener listener;
  listener.address = *Address::parse(address);
  return listener;
}

TEST(Zone, ListenerOnALinkLocalAddressIsReachedThroughItsInterface) {
  bool possible = false;
  std::thread([&possible] {
    possible = enter_own_network();
    if (!possible) return;
    const Listener listener = listener_on("[fe80::1%lo]:0");
    EXPECT_TRUE(probe_address(listener));
    const Result<ListenerSocket> socket = open_listener_socket(listener, listener.address);
    if (!socket) FAIL() << socket.error().message;
    EXPECT_EQ(socket->bound.zone(), "lo");
    EXPECT_EQ(socket->bound.to_string(), "[fe80::1%lo]:" + std::to_string(socket->bound.port()));
    const UniqueFd client(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Result<Address> again = Address::parse(socket->bound.to_string());
    EXPECT_EQ(::connect(client.get(), again->sockaddr_ptr(), again->sockaddr_size()), 0)
        << std::strerror(errno);
  }).join();
  if (!possible) GTEST_SKIP() << "no right to a network of one's own, or no ip(8)";
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
