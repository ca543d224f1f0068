#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "demo/control/v1/monitor.pb.h"
#include "demo/control/v1/topology.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

// On a daemon that answers before the drain has ended, as one does that gives way to its next version.
class LeftDrain : public DemoctlOfFakeDaemon {
 protected:
  void SetUp() override {
    api::GetStatusResponse status;
    daemon_.answer("GetStatus", status);
    api::RemoveBackendResponse removed;
    leave(*removed.mutable_drain());
    daemon_.answer("RemoveBackend", removed);
    api::UpdateBackendResponse updated;
    leave(*updated.mutable_drain());
    daemon_.answer("UpdateBackend", updated);
  }

  static void leave(api::DrainProgress& drain) {
    drain.set_at_start(2);
    drain.set_remaining(2);
    drain.set_last_event(7);
    drain.set_id(5);
  }

  // The next version tells of another drain of the backend, and then of this one.
  void end(std::uint64_t forced, const std::string& failure = "") {
    std::array<api::WatchEventsResponse, 2> told;
    for (api::WatchEventsResponse& one : told) {
      one.mutable_event()->set_kind(api::EVENT_KIND_BACKEND_DRAINED);
      one.mutable_event()->mutable_drain()->set_ended(true);
    }
    told[0].mutable_event()->mutable_drain()->set_id(4);
    told[1].mutable_event()->set_message("not removed: " + failure);
    if (!failure.empty()) told[1].mutable_event()->mutable_drain()->set_failure(failure);
    told[1].mutable_event()->mutable_drain()->set_id(5);
    told[1].mutable_event()->mutable_drain()->set_at_start(2);
    told[1].mutable_event()->mutable_drain()->set_forced(forced);
    daemon_.fall_silent("WatchEvents", {&told[0], &told[1]});
  }
};

TEST_F(LeftDrain, IsWaitedForInTheNextVersion) {
  end(0);
  EXPECT_EQ(democtl({"remove-backend", ":80", "--drain", "30s", "--wait"}), 0) << err_;
  EXPECT_NE(out_.find("drained: all 2 in flight finished"), std::string::npos) << out_;
  EXPECT_EQ(daemon_.request<api::WatchEventsRequest>("WatchEvents").after_sequence(), 7U);
}

TEST_F(LeftDrain, IsALateOneWhereTheNextVersionCutsSomethingOff) {
  end(1);
  EXPECT_EQ(democtl({"set-backend", ":80", "--state", "drain", "--wait"}), 8) << err_;
  EXPECT_NE(out_.find("drained: 1 of 2 in flight were cut off"), std::string::npos) << out_;
}

TEST_F(LeftDrain, IsAFailureWhereItCameToNothing) {
  end(0, "the disk is full");
  EXPECT_EQ(democtl({"remove-backend", ":80", "--drain", "30s", "--wait"}), 1);
  EXPECT_NE(err_.find("not removed: the disk is full"), std::string::npos) << err_;
}

TEST_F(LeftDrain, IsWaitedForNoLongerThanTheUserSays) {
  daemon_.fall_silent("WatchEvents", {});
  const std::vector<std::string> words{"--timeout", "1s",  "remove-backend", ":80",
                                       "--drain",   "30s", "--wait"};
  EXPECT_EQ(democtl(words), 8);
  EXPECT_NE(err_.find("has not ended in time"), std::string::npos) << err_;
}

TEST_F(LeftDrain, IsNotWaitedForByWhoDoesNotWait) {
  EXPECT_EQ(democtl({"remove-backend", ":80", "--drain", "30s"}), 0) << err_;
  EXPECT_EQ(daemon_.calls("WatchEvents"), 0);
}

}  // namespace
}  // namespace demo::ctl
