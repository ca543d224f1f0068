#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "demo/control/v1/monitor.pb.h"
#include "demo/control/v1/topology.pb.h"
#include "invocation/api.h"
#include "run.h"
#include "unit/ctl/democtl_test.h"

// Names with what would steer a terminal, which are shown as \xNN.

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class EscapedNames : public DemoctlOfFakeDaemon {
 protected:
  void listen_on(const std::vector<std::string>& addresses) {
    api::ListListenersResponse listeners;
    for (const std::string& address : addresses) {
      listeners.add_listeners()->mutable_listener()->set_address(address);
    }
    daemon_.answer("ListListeners", listeners);
    api::RemoveListenerResponse removed;
    removed.mutable_result()->add_workers()->set_applied(true);
    daemon_.answer("RemoveListener", removed);
  }
  std::string removed(const std::string& typed) {
    EXPECT_EQ(democtl({"remove-listener", typed}), 0) << err_;
    return daemon_.request<api::RemoveListenerRequest>("RemoveListener").address();
  }
};

TEST_F(EscapedNames, AreTakenAsTheyAreShown) {
  listen_on({"unix:/b", "unix:/a\nb\x1b[2J"});
  EXPECT_EQ(removed("unix:/a\\x0ab\\x1b[2J"), "unix:/a\nb\x1b[2J");
  EXPECT_EQ(removed("unix:/a\nb\x1b[2J"), "unix:/a\nb\x1b[2J");
  EXPECT_EQ(removed("unix:/c\\x0a"), "unix:/c\\x0a") << "nothing is shown so";
}

TEST_F(EscapedNames, MeanThemselvesWhereSomethingHasThatName) {
  listen_on({"unix:/a\nb", "unix:/a\\x0ab"});
  EXPECT_EQ(removed("unix:/a\\x0ab"), "unix:/a\\x0ab");
}

TEST_F(EscapedNames, MeanThemselvesWhereTheyWouldMeanTwoThings) {
  listen_on({"unix:/a\n\\x0a", "unix:/a\\x0a\n"});
  EXPECT_EQ(removed("unix:/a\\x0a\\x0a"), "unix:/a\\x0a\\x0a");
}

TEST_F(EscapedNames, AreAskedForByTheTargetBehindTheVerb) {
  listen_on({"unix:/a\n"});
  std::ostringstream out;
  Console console{.out = out, .err = out};
  EXPECT_EQ(run({"remove-listener", "unix:/a\\x0a", "--target", daemon_.target()}, console), 0) << out.str();
  EXPECT_EQ(daemon_.request<api::RemoveListenerRequest>("RemoveListener").address(), "unix:/a\n");
}

TEST_F(EscapedNames, CostOtherNamesNoCall) {
  listen_on({"unix:/b"});
  removed("unix:/b");
  EXPECT_EQ(daemon_.calls("ListListeners"), 0);
}

TEST_F(EscapedNames, AreCompletedAsTheyAreShown) {
  listen_on({"unix:/a\nb", "unix:/c\n", "unix:/c\\x0a"});
  const std::string target = daemon_.target();
  EXPECT_EQ(democtl({"__complete", "--", "--target", target, "remove-listener", "unix:/"}), 0);
  EXPECT_EQ(out_, "unix:/a\\x0ab\nunix:/c\\x0a\n");
  EXPECT_EQ(democtl({"__complete", "--", "--target", target, "remove-listener", "unix:/a\\\\x"}), 0);
  EXPECT_EQ(out_, "unix:/a\\x0ab\n") << "as a shell has it, quoted";
}

TEST_F(EscapedNames, OfAnErrorAreEscapedOnce) {
  daemon_.refuse("RemoveListener", grpc::StatusCode::NOT_FOUND, "no listener has the address unix:/a\nb\x1b",
                 "address", "unix:/a\nb\x1b");
  EXPECT_EQ(democtl({"remove-listener", "unix:/a\nb\x1b"}), 3);
  EXPECT_EQ(err_, "democtl: LISTENER: no listener has the address unix:/a\\x0ab\\x1b\n");
  EXPECT_EQ(democtl({"a\x1b"}), 2);
  EXPECT_THAT(err_, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace demo::ctl
