#include "supervisor/reports/traffic_problems.h"

#include <gmock/gmock.h>

#include <utility>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TrafficProblemsTest : public testing::Test {
 protected:
  TrafficProblemsTest() {
    config_.listeners.emplace_back().address = *Address::parse("127.0.0.1:80");
    config_.listeners[0].mode = ListenerMode::kProxy;
    config_.pools.emplace_back();
  }

  BackendReport& add(const char* endpoint, HealthJudgement judgement) {
    Backend backend;
    backend.endpoint = *Endpoint::parse(endpoint);
    return backends_.emplace_back(BackendReport{"default", backend, {}, std::move(judgement)});
  }
  TrafficProblems found() const { return find_traffic_problems(config_, backends_); }

  Config config_;
  std::vector<BackendReport> backends_;
};

const HealthJudgement kGood{Health::kUp, "up", true};
const HealthJudgement kDead{Health::kDown, "down: status 500", false};
const HealthJudgement kOut{Health::kMaintenance, "maintenance", false};
const HealthJudgement kBad{Health::kFailing, "failing (3 requests in a row)", false};

TEST_F(TrafficProblemsTest, NoneWhileBackendsServe) {
  add("10.0.0.1:80", kGood);
  add("10.0.0.2:80", kOut);
  EXPECT_THAT(found().refused, IsEmpty());
  EXPECT_THAT(found().warnings, IsEmpty());
}

TEST_F(TrafficProblemsTest, EmptyPoolServesNobody) {
  EXPECT_THAT(found().refused, ElementsAre("pool \"default\" serves no request of listener 127.0.0.1:80: "
                                           "it has no backend"));
  config_.listeners[0].mode = ListenerMode::kTcp;
  EXPECT_THAT(found().refused, ElementsAre(HasSubstr("it has no backend")));
}

TEST_F(TrafficProblemsTest, MissingPoolOfAListenerThatWentOnForwardingServesNobody) {
  config_.pools.clear();
  config_.listeners[0].mode = ListenerMode::kAuto;
  EXPECT_THAT(found().refused, IsEmpty());
  config_.listeners[0].auto_forwards = true;
  EXPECT_THAT(found().refused, ElementsAre(HasSubstr("it does not exist")));
}

TEST_F(TrafficProblemsTest, AllBackendsOutAreNamedWithTheirState) {
  add("10.0.0.1:80", kDead);
  add("10.0.0.2:80", kOut);
  add("10.0.0.3:80", {Health::kUnchecked, "unchecked", false}).backend.weight = 0;
  EXPECT_THAT(found().refused,
              ElementsAre(HasSubstr("10.0.0.1:80 is down: status 500; 10.0.0.2:80 is in maintenance; "
                                    "10.0.0.3:80 is of weight 0")));
}

TEST_F(TrafficProblemsTest, PoolsStandAsInEveryList) {
  config_.listeners[0].pool = "nowhere";
  for (const char* name : {"zeta", "alpha"}) {
    config_.pools.emplace_back().name = name;
    config_.listeners.push_back(config_.listeners[0]);
    config_.listeners.back().pool = name;
  }
  EXPECT_THAT(found().refused, ElementsAre(HasSubstr("pool \"zeta\""), HasSubstr("pool \"alpha\""),
                                           HasSubstr("pool \"nowhere\"")));
}

TEST_F(TrafficProblemsTest, FailingBackendBesideOthersFailsRequests) {
  add("10.0.0.1:80", kGood);
  add("10.0.0.2:80", kBad);
  EXPECT_THAT(found().refused, ElementsAre("backend default/10.0.0.2:80 is failing (3 requests in a row)"));
}

TEST_F(TrafficProblemsTest, DownBackendBesideOthersIsAWarning) {
  add("10.0.0.1:80", kGood);
  add("10.0.0.2:80", kDead);
  EXPECT_THAT(found().refused, IsEmpty());
  EXPECT_THAT(found().warnings, ElementsAre("backend default/10.0.0.2:80 is down: status 500"));
}

TEST_F(TrafficProblemsTest, OneOfSeveralAddressesIsNamed) {
  BackendReport& report = add("web:80", kGood);
  for (const auto& [address, judgement] :
       {std::pair{"10.0.0.1:80", kGood}, {"10.0.0.2:80", kBad}, {"10.0.0.3:80", kDead}}) {
    MemberReport& member = report.members.emplace_back();
    member.address = *Address::parse(address);
    member.judgement = judgement;
  }
  EXPECT_THAT(found().refused,
              ElementsAre("backend default/web:80 at 10.0.0.2:80 is failing (3 requests in a row)"));
  EXPECT_THAT(found().warnings, ElementsAre("backend default/web:80 at 10.0.0.3:80 is down: status 500"));
}

TEST_F(TrafficProblemsTest, CheckThatCannotBeMadeIsAWarning) {
  BackendReport& report = add("10.0.0.1:80", kGood);
  report.members.emplace_back().address = *Address::parse("10.0.0.1:80");
  report.members[0].shortage = "socket: Too many open files";
  EXPECT_THAT(found().warnings, ElementsAre("backend default/10.0.0.1:80 cannot be checked at 10.0.0.1:80: "
                                            "socket: Too many open files"));
}

TEST_F(TrafficProblemsTest, ShortageOfThisHostRefusesRequests) {
  BackendReport& report = add("10.0.0.1:80", kGood);
  report.members.emplace_back().address = *Address::parse("10.0.0.1:80");
  report.members[0].starved = true;
  EXPECT_THAT(found().refused, ElementsAre(HasSubstr("no local port or descriptor")));
}

TEST_F(TrafficProblemsTest, PoolThatNobodyForwardsToIsNobodysProblem) {
  config_.listeners[0].mode = ListenerMode::kServer;
  add("10.0.0.1:80", kDead);
  EXPECT_THAT(found().refused, IsEmpty());
  EXPECT_THAT(found().warnings, IsEmpty());
}

TEST_F(TrafficProblemsTest, ManyBackendsAreCounted) {
  for (int port = 1; port <= 8; ++port) add(("10.0.0.1:" + std::to_string(port)).c_str(), kOut);
  EXPECT_THAT(found().refused, ElementsAre(HasSubstr("; and 3 more")));
}

}  // namespace
}  // namespace demo
