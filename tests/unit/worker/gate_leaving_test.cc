#include <gtest/gtest.h>

#include <chrono>

#include "listener_set_rig.h"

namespace demo {
namespace {

// Clients of a listener that accepts the PROXY protocol, which have not sent their header.
class GateLeaving : public ListenerSetRig {
 protected:
  GateLeaving() {
    // Longer than a test may last.
    snapshot_.client_timeouts.head = std::chrono::hours(1);
    snapshot_.listeners[0].accept_proxy_protocol = true;
    apply({{1, 0, first_}});
  }
  Client silent() {
    Client client = first_.connect();
    EXPECT_TRUE(turns_.until([&] { return modes_.connections() == 1; }));
    turns_.settle();
    return client;
  }
};

TEST_F(GateLeaving, SilentOneHoldsNoDrainUp) {
  Client client = silent();
  modes_.drain();
  EXPECT_TRUE(closed(client));
}

TEST_F(GateLeaving, SilentOneOfAListenerThatIsGoneCloses) {
  Client client = silent();
  snapshot_.listeners[0].leaving = true;
  apply({});
  EXPECT_TRUE(closed(client));
}

TEST_F(GateLeaving, OneThatComesLastDoesNotStayEither) {
  Client client = first_.connect();
  modes_.drain();
  set_.stop_accepting();
  EXPECT_EQ(modes_.connections(), 1U);
  EXPECT_TRUE(closed(client));
}

TEST_F(GateLeaving, HeaderThatIsUnderWayIsServed) {
  Client client = silent();
  modes_.drain();
  client.send("PROXY TCP4 203.0.113.9 192.0.2.1 5555 80\r\n");
  client.send(kGet);
  EXPECT_TRUE(received(client, "\r\n\r\nOK\n"));
  EXPECT_TRUE(closed(client));
}

TEST_F(GateLeaving, NobodyClosesWhoseListenerOnlyChangesItsMode) {
  Client client = silent();
  snapshot_.listeners[0].mode = ListenerMode::kRaw;
  apply({{1, 0, first_}});
  client.send("PROXY TCP4 203.0.113.9 192.0.2.1 5555 80\r\n");
  EXPECT_TRUE(answered(client));
}

}  // namespace
}  // namespace demo
