#include "base/connect_failure.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "base/unique_fd.h"
#include "unit/full_unix_queue.h"
#include "unit/own_network.h"

namespace demo {
namespace {

// What a non-blocking connect(2) came to, 0 when it is under way or done.
int try_connect(const UniqueFd& fd, const Address& peer) {
  if (::connect(fd.get(), peer.sockaddr_ptr(), peer.sockaddr_size()) == 0 || errno == EINPROGRESS) return 0;
  return errno;
}

UniqueFd new_socket(const Address& peer) {
  return UniqueFd(::socket(peer.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

TEST(ConnectFailure, OfAPeerIsNoShortage) {
  const Address peer = *Address::parse("127.0.0.1:1");
  for (const int error : {ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EPERM, EAFNOSUPPORT, ETIMEDOUT}) {
    EXPECT_EQ(connect_failure(error, peer), ConnectFailure::kPeer) << error;
  }
}

TEST(ConnectTrouble, OnlyARefusalIsAPeersOwnWord) {
  EXPECT_EQ(connect_trouble(ECONNREFUSED).of_it, "it refused connections");
  for (const int error : {ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT}) {
    EXPECT_EQ(connect_trouble(error).of_it, "this host has no route to it") << error;
  }
  for (const int error : {EACCES, EPERM}) {
    EXPECT_EQ(connect_trouble(error).of_it, "this host forbids connections to it") << error;
  }
  for (const int error : {ETIMEDOUT, ECONNRESET, ENOENT, EPROTOTYPE}) {
    EXPECT_EQ(connect_trouble(error).of_it.find("refused"), std::string_view::npos) << error;
    EXPECT_EQ(connect_trouble(error).of_the_backend.find("refused"), std::string_view::npos) << error;
  }
}

TEST(ConnectFailure, ForWantOfWhatThisHostHasIsAShortage) {
  const Address peer = *Address::parse("127.0.0.1:1");
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EAGAIN}) {
    EXPECT_EQ(connect_failure(error, peer), ConnectFailure::kShortage) << error;
  }
}

TEST(ConnectFailure, WithEveryPortInUseIsAShortage) {
  const bool possible = test::in_own_network("echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range", [] {
    const UniqueFd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Address peer = *Address::parse("127.0.0.1:80");
    ASSERT_EQ(::bind(listening.get(), peer.sockaddr_ptr(), peer.sockaddr_size()), 0);
    ASSERT_EQ(::listen(listening.get(), 8), 0);
    const UniqueFd first = new_socket(peer);
    const UniqueFd second = new_socket(peer);
    ASSERT_EQ(try_connect(first, peer), 0);
    ASSERT_EQ(try_connect(second, peer), EADDRNOTAVAIL);
    EXPECT_EQ(connect_failure(EADDRNOTAVAIL, peer), ConnectFailure::kShortage);
  });
  if (!possible) GTEST_SKIP() << test::kNoOwnNetwork;
}

TEST(ConnectFailure, WithNoAddressOfThePeersFamilyIsThePeers) {
  const bool possible = test::in_own_network(test::kWithoutIpv6, [] {
    for (const char* text : {"[2001:db8::1]:80", "[::1]:80"}) {
      const Address peer = *Address::parse(text);
      ASSERT_EQ(try_connect(new_socket(peer), peer), EADDRNOTAVAIL);
      EXPECT_EQ(connect_failure(EADDRNOTAVAIL, peer), ConnectFailure::kPeer) << text;
    }
  });
  if (!possible) GTEST_SKIP() << test::kNoOwnNetwork;
}

TEST(ConnectFailure, ToAUnixSocketWhoseQueueIsFullMayPass) {
  const test::FullUnixQueue queue;
  ASSERT_EQ(try_connect(new_socket(queue.address()), queue.address()), EAGAIN);
  EXPECT_EQ(connect_failure(EAGAIN, queue.address()), ConnectFailure::kQueueFull);
}

}  // namespace
}  // namespace demo
