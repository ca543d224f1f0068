#include "supervisor/api/backend_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace demo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

HealthJudgement judged(MemberEvidence evidence, BackendState wanted = BackendState::kReady) {
  return judge_member(wanted, evidence);
}

void expect_judged(const HealthJudgement& judgement, Health health, const char* text, bool usable) {
  EXPECT_EQ(judgement.health, health) << text;
  EXPECT_EQ(judgement.text, text);
  EXPECT_EQ(judgement.usable, usable) << text;
}

MemberEvidence evidence() {
  MemberEvidence result;
  result.workers = 2;
  return result;
}

TEST(BackendHealth, FollowsTheChecks) {
  MemberEvidence given = evidence();
  expect_judged(judged(given), Health::kUnchecked, "unchecked", true);
  given.checked = true;
  expect_judged(judged(given), Health::kUp, "up", true);
  given.up = false;
  given.reason = "status 500";
  expect_judged(judged(given), Health::kDown, "down: status 500", false);
}

TEST(BackendHealth, EjectionCountsByWorkers) {
  MemberEvidence given = evidence();
  given.ejected = 1;
  expect_judged(judged(given), Health::kEjected, "ejected (1 of 2 workers)", true);
  given.ejected = 2;
  expect_judged(judged(given), Health::kEjected, "ejected (2 of 2 workers)", false);
}

TEST(BackendHealth, EjectionSaysWhySinceWhenAndUntilWhen) {
  MemberEvidence given = evidence();
  given.ejected = 2;
  given.restraints.push_back(
      {BackendNews::kEjected, 0, 3, "it answered 503", {}, milliseconds(9100), seconds(10)});
  given.restraints.push_back(
      {BackendNews::kEjected, 1, 7, "it refused connections", {}, milliseconds(1200), seconds(5)});
  expect_judged(
      judged(given), Health::kEjected,
      "ejected (2 of 2 workers): it refused connections, failure 7 in a row; out for 9s, back in 4s", false);
  // Its end is late: the loop of the worker is busy.
  given.restraints.resize(1);
  given.restraints[0].age = seconds(11);
  expect_judged(judged(given), Health::kEjected,
                "ejected (2 of 2 workers): it answered 503, failure 3 in a row; out for 11s, back in 0s",
                false);
}

TEST(BackendHealth, DistrustIsSaidOfOneThatTakesRequests) {
  MemberEvidence given = evidence();
  given.restraints.push_back({BackendNews::kDistrusted, 1, 0, "it spoke", {}, seconds(1), seconds(60)});
  expect_judged(judged(given), Health::kUnchecked, "unchecked, distrusted (1 of 2 workers)", true);
  given.checked = true;
  expect_judged(judged(given), Health::kUp, "up, distrusted (1 of 2 workers)", true);
  given.up = false;
  given.reason = "status 500";
  EXPECT_EQ(judged(given).text, "down: status 500");
}

TEST(BackendHealth, RequestsThatAllFailSayMoreThanChecksThatSucceed) {
  MemberEvidence given = evidence();
  given.failing = true;
  given.failures = 7;
  expect_judged(judged(given), Health::kFailing, "failing (7 requests in a row)", false);
  given.checked = true;
  expect_judged(judged(given), Health::kFailing, "failing (7 requests in a row)", false);
  given.ejected = 1;
  expect_judged(judged(given), Health::kFailing, "failing (7 requests in a row)", false);
  given.ejected = 2;
  expect_judged(judged(given), Health::kEjected, "ejected (2 of 2 workers)", false);
  given.up = false;
  EXPECT_EQ(judged(given).health, Health::kDown);
}

TEST(BackendHealth, BackendAtItsLimitIsFullUnlessSomethingWorseIsKnown) {
  MemberEvidence given = evidence();
  given.refused = 7;
  given.checked = true;
  expect_judged(judged(given), Health::kFull, "full (7 requests refused in 10 s)", true);
  given.failing = true;
  EXPECT_EQ(judged(given).health, Health::kFailing);
}

TEST(BackendHealth, WhatTheOperatorWantsComesFirst) {
  MemberEvidence given = evidence();
  given.up = false;
  given.failing = true;
  expect_judged(judged(given, BackendState::kDrain), Health::kDraining, "draining", false);
  expect_judged(judged(given, BackendState::kMaintenance), Health::kMaintenance, "maintenance", false);
}

TEST(BackendHealth, AddressThatLeadsBackIsLeftOut) {
  MemberEvidence given = evidence();
  given.loops = given.checked = true;
  expect_judged(judged(given), Health::kLoop, "loop: forwards to itself", false);
}

TEST(BackendHealth, BackendIsAsGoodAsItsBestAddress) {
  Backend backend;
  const HealthJudgement up{Health::kUp, "up", true};
  const HealthJudgement down{Health::kDown, "down: status 500", false};
  expect_judged(judge_backend(backend, {up, up}, true), Health::kUp, "up", true);
  expect_judged(judge_backend(backend, {down, up, down}, true), Health::kUp, "up (1 of 3 addresses)", true);
  expect_judged(judge_backend(backend, {down, down}, true), Health::kDown, "down: status 500", false);
}

HealthJudgement full(std::uint64_t requests) {
  MemberEvidence given = evidence();
  given.refused = requests;
  return judged(given);
}

HealthJudgement failing(std::uint64_t requests) {
  MemberEvidence given = evidence();
  given.failing = true;
  given.failures = requests;
  return judged(given);
}

// What is shown does not depend on which address the resolver named first.
TEST(BackendHealth, AddressesOfABackendAreJudgedTogether) {
  const HealthJudgement up{Health::kUp, "up", true};
  const HealthJudgement down{Health::kDown, "down: status 500", false};
  const HealthJudgement ejected{Health::kEjected, "ejected (1 of 2 workers)", true};
  struct Case {
    std::vector<HealthJudgement> members;
    Health health;
    const char* text;
    bool usable;
  };
  for (Case& c : std::vector<Case>{
           {{full(3), full(4)}, Health::kFull, "full (7 requests refused in 10 s)", true},
           {{full(3), up}, Health::kFull, "full (3 requests refused in 10 s)", true},
           {{full(3), full(4), down},
            Health::kFull,
            "full (7 requests refused in 10 s) (2 of 3 addresses)",
            true},
           {{ejected, up}, Health::kUp, "up", true},
           {{failing(3), up}, Health::kUp, "up (1 of 2 addresses)", true},
           {{failing(3), failing(5)}, Health::kFailing, "failing (8 requests in a row)", false},
           {{down, failing(5)}, Health::kFailing, "failing (5 requests in a row)", false},
       }) {
    std::ranges::sort(c.members, {}, &HealthJudgement::text);
    do {
      expect_judged(judge_backend({}, c.members, true), c.health, c.text, c.usable);
    } while (std::ranges::next_permutation(c.members, {}, &HealthJudgement::text).found);
  }
}

TEST(BackendHealth, SaysWhyABackendGetsNoRequests) {
  Config config;
  EXPECT_EQ(why_out(config, "p", "1.2.3.4:80"), "its pool was removed");
  config.pools.emplace_back().name = "p";
  EXPECT_EQ(why_out(config, "p", "1.2.3.4:80"), "it was removed");
  Backend& backend = config.pools[0].backends.emplace_back();
  backend.endpoint = *Endpoint::parse("1.2.3.4:80");
  EXPECT_THAT(why_out(config, "p", "1.2.3.4:80"), testing::HasSubstr("it is down"));
  backend.weight = 0;
  EXPECT_EQ(why_out(config, "p", "1.2.3.4:80"), "its weight is 0");
  backend.state = BackendState::kDrain;
  EXPECT_EQ(why_out(config, "p", "1.2.3.4:80"), "it drains");
  backend.state = BackendState::kMaintenance;
  EXPECT_EQ(why_out(config, "p", "1.2.3.4:80"), "it is in maintenance");
}

TEST(BackendHealth, BackendWithoutAddressIsUnresolvedUnlessNobodyWantsIt) {
  Backend backend;
  expect_judged(judge_backend(backend, {}, false), Health::kUnresolved, "unresolved", false);
  expect_judged(judge_backend(backend, {}, true), Health::kUnresolved,
                "waiting for a place: all 10240 for the figures of addresses are taken", false);
  backend.state = BackendState::kMaintenance;
  expect_judged(judge_backend(backend, {}, false), Health::kMaintenance, "maintenance", false);
}

TEST(BackendHealth, BackendOfNoWeightTakesNoRequest) {
  Backend backend;
  backend.weight = 0;
  expect_judged(judge_backend(backend, {{Health::kUp, "up", true}}, true), Health::kUp, "up", false);
}

}  // namespace
}  // namespace demo
