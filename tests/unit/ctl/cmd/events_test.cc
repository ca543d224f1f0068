#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>

#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

using EventsTest = DemoctlOfFakeDaemon;

TEST_F(EventsTest, HaveTheirHeadingsOnceThoughTheLastColumnGrows) {
  std::array<api::WatchEventsResponse, 3> events;
  for (std::size_t i = 0; i < events.size(); ++i) {
    api::Event& event = *events[i].mutable_event();
    event.set_sequence(i + 1);
    event.set_message(std::string(20 * (i + 1), 'm'));
  }
  daemon_.answer("WatchEvents", {&events[0], &events[1], &events[2]});
  EXPECT_EQ(democtl({"events", "--fields", "sequence,message"}), 0);
  EXPECT_EQ(
      out_,
      fmt::format("SEQUENCE          MESSAGE\n1{0:17}{1:m>20}\n2{0:17}{1:m>40}\n3{0:17}{1:m>60}\n", "", ""));
}

TEST_F(EventsTest, AreReadAgainFromADaemonThatGivesWayToItsNextVersion) {
  api::WatchEventsResponse event;
  event.mutable_event()->set_sequence(1);
  event.mutable_event()->set_message("told");
  daemon_.answer("WatchEvents", {&event});
  daemon_.refuse_every_other("WatchEvents", grpc::StatusCode::UNAVAILABLE, "the daemon is stopping");
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_EQ(democtl({"events", "--fields", "message"}), 0) << err_;
    EXPECT_EQ(out_, "MESSAGE\ntold\n");
  }
}

}  // namespace
}  // namespace demo::ctl
