#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>

#include "listener_set_rig.h"

// What a connection takes along, and keeps, when its listener changes its mode.

namespace demo {
namespace {

using testing::HasSubstr;

class RoomChange : public ListenerSetRig {
 protected:
  void set_mode(ListenerMode mode) {
    snapshot_.listeners[0].mode = mode;
    apply({{1, 0, first_}});
  }
  // The pool has a backend, which is told who the client is.
  void add_backend() {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    ::getsockname(second_.fd(), reinterpret_cast<sockaddr*>(&name), &size);
    SnapshotMember member;
    member.address = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&name), size);
    member.endpoint.text = member.address.to_string();
    SnapshotPool pool;
    pool.name = "default";
    pool.members.push_back(member);
    snapshot_.pools.push_back(pool);
    snapshot_.forwarding.x_forwarded = true;
  }
  // What the backend gets when the client asks for something.
  std::string forwarded(Client& client) {
    client.received().clear();
    client.send(kGet);
    pollfd arrives{second_.fd(), POLLIN, 0};
    EXPECT_TRUE(turns_.until([&] { return ::poll(&arrives, 1, 0) > 0; }));
    Client served(second_.accept());
    EXPECT_TRUE(turns_.until([&] {
      served.read();
      return served.received().ends_with("\r\n\r\n");
    }));
    served.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nOK\n.");
    EXPECT_TRUE(received(client, "OK\n."));
    return served.received();
  }
  // Changes the mode while a listener of its own mode goes; the connection that goes with that one has its
  // moment's grace, at whose end the other connection would be closed as well if it had been told to.
  void set_mode_until_another_connection_closed(ListenerMode mode) {
    snapshot_.listeners.push_back(listener(1, ListenerMode::kRaw));
    apply({{1, 0, first_}, {2, 1, second_}});
    Client leaves = second_.connect();
    EXPECT_TRUE(answered(leaves));
    snapshot_.listeners[1].leaving = true;
    snapshot_.listeners[0].mode = mode;
    apply({{1, 0, first_}});
    EXPECT_TRUE(closed(leaves));
  }
};

TEST_F(RoomChange, TheAddressThatAProxyHeaderNamedMovesAlong) {
  add_backend();
  snapshot_.listeners[0].accept_proxy_protocol = true;
  for (const ListenerMode before : {ListenerMode::kServer, ListenerMode::kRaw}) {
    set_mode(before);
    Client client = first_.connect();
    client.send("PROXY TCP4 203.0.113.9 192.0.2.1 5555 80\r\n");
    EXPECT_TRUE(answered(client));
    set_mode(ListenerMode::kProxy);
    EXPECT_THAT(forwarded(client), HasSubstr("X-Forwarded-For: 203.0.113.9\r\n"));
    // There and back again, over every room that keeps it.
    set_mode(ListenerMode::kServer);
    EXPECT_TRUE(answered(client));
    set_mode(ListenerMode::kRaw);
    EXPECT_TRUE(answered(client));
    set_mode(ListenerMode::kServer);
    EXPECT_TRUE(answered(client));
    set_mode(ListenerMode::kProxy);
    EXPECT_THAT(forwarded(client), HasSubstr("X-Forwarded-For: 203.0.113.9\r\n"));
  }
}

TEST_F(RoomChange, AConnectionThatMovedStaysOpen) {
  set_mode(ListenerMode::kServer);
  Client client = first_.connect();
  EXPECT_TRUE(answered(client));
  set_mode_until_another_connection_closed(ListenerMode::kRaw);
  EXPECT_TRUE(client.open());
  EXPECT_TRUE(answered(client));
}

TEST_F(RoomChange, AConnectionWhoseListenerComesBackStaysOpen) {
  constexpr std::string_view kPost = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n";
  set_mode(ListenerMode::kServer);
  Client client = first_.connect();
  client.send(kPost);
  turns_.settle();
  set_mode(ListenerMode::kProxy);
  // Its response comes from the room where the request began, and there it rests.
  EXPECT_TRUE(answered(client, "body"));
  set_mode_until_another_connection_closed(ListenerMode::kServer);
  EXPECT_TRUE(client.open());
  EXPECT_TRUE(answered(client));
}

// It has had a request answered: what it waits for is another one, not its first head.
TEST_F(RoomChange, AConnectionThatIsKeptWaitsAsOneInItsNewRoom) {
  snapshot_.client_timeouts.head = std::chrono::milliseconds(300);
  for (const ListenerMode before : {ListenerMode::kServer, ListenerMode::kRaw}) {
    for (const ListenerMode after : {ListenerMode::kServer, ListenerMode::kRaw, ListenerMode::kProxy}) {
      if (before == after) continue;
      set_mode(before);
      Client kept = first_.connect();
      EXPECT_TRUE(answered(kept));
      set_mode(after);
      Client silent = first_.connect();
      EXPECT_TRUE(closed(silent));
      turns_.settle();
      kept.read();
      EXPECT_TRUE(kept.open()) << static_cast<int>(before) << " to " << static_cast<int>(after);
    }
  }
}

TEST_F(RoomChange, TheRequestsOfAConnectionCountOn) {
  snapshot_.client_keepalive.max_requests = 3;
  set_mode(ListenerMode::kServer);
  Client client = first_.connect();
  EXPECT_TRUE(answered(client));
  set_mode(ListenerMode::kRaw);
  EXPECT_TRUE(answered(client));
  set_mode(ListenerMode::kServer);
  EXPECT_TRUE(answered(client));
  EXPECT_THAT(client.received(), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(closed(client));
}

}  // namespace
}  // namespace demo
