#include <gtest/gtest.h>
#include <sys/socket.h>

#include "listener_set_rig.h"

namespace demo {
namespace {

// A byte that TCP calls urgent stops each receive: what is behind it is read all the same.
class UrgentBytes : public ListenerSetRig {
 protected:
  Client send_around_mark(ListenerMode mode, std::string_view before, std::string_view behind) {
    snapshot_.listeners[0].mode = mode;
    apply({{1, 0, first_}});
    Client client = first_.connect();
    turns_.settle();
    client.send(before);
    EXPECT_EQ(::send(client.fd(), "!", 1, MSG_OOB), 1);
    client.send(behind);
    return client;
  }
};

TEST_F(UrgentBytes, HoldUpNoRequest) {
  Client client = send_around_mark(ListenerMode::kServer, kGet.substr(0, 9), kGet.substr(9));
  EXPECT_TRUE(received(client, "\r\n\r\nOK\n"));
}

TEST_F(UrgentBytes, HoldUpNoRawBytes) {
  Client client = send_around_mark(ListenerMode::kRaw, "before", "behind");
  EXPECT_TRUE(turns_.until([&] {
    client.read();
    const std::size_t first = client.received().find("OK\n");
    return first != std::string::npos && client.received().find("OK\n", first + 1) != std::string::npos;
  }));
}

}  // namespace
}  // namespace demo
