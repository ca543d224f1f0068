#include "proxy/client/client_peer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "net/socket_ops.h"
#include "proxy/relay/peer_socket.h"
#include "unit/proxy/test_peer.h"

namespace demo::test {
namespace {

// A socket that listens to both families, as a listener on [::] does.
UniqueFd listen_to_both(std::uint16_t& port) {
  UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int off = 0;
  ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) != 0 || ::listen(fd.get(), 8) != 0)
    return {};
  socklen_t size = sizeof any;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&any), &size);
  port = ntohs(any.sin6_port);
  return fd;
}

TEST(ClientPeer, ClientsOfAListenerForBothFamiliesAreWhoTheyAre) {
  std::uint16_t port = 0;
  const UniqueFd listening = listen_to_both(port);
  if (!listening) GTEST_SKIP() << "no IPv6 here";
  Address to = *Address::parse("127.0.0.1:0");
  to.set_port(port);
  const TestPeer client = TestPeer::connect(to);
  const Accepted accepted = accept_connection(listening.get(), true);
  ASSERT_TRUE(accepted.fd);
  EXPECT_EQ(accepted.peer, client.local_address());
  // Whether accept(2) told, or the kernel is asked later.
  const int fd = accepted.fd.get();
  ClientPeer told(&accepted.peer);
  ClientPeer asked(nullptr);
  for (ClientPeer* peer : {&told, &asked}) {
    ClientPeer::Text text;
    EXPECT_EQ(peer->host_text(fd, text), "127.0.0.1");
    EXPECT_EQ(peer->address(fd), client.local_address());
    const Address same_host = *Address::parse("127.0.0.1:1");
    EXPECT_EQ(peer->hash(fd), ClientPeer(&same_host).hash(-1)) << "another backend by another listener";
  }
  UniqueFd copy(::dup(fd));
  EXPECT_EQ(PeerSocket(std::move(copy), true, true).local_address(), to);
}

}  // namespace
}  // namespace demo::test
