#include "wrong_fields.h"

namespace demo {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(ValidatePools, WantsNamesThatFitEverywhere) {
  const auto with_name = [](const std::string& name) {
    return wrong_fields([&](Config& config) { config.pools[0].name = name; });
  };
  for (const std::string& good :
       {std::string("a"), std::string("API-2.x_y"), std::string("9"), std::string(63, 'x')}) {
    EXPECT_THAT(with_name(good), IsEmpty()) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string("-a"), std::string(".a"), std::string("a b"), std::string("a/b"),
        std::string("ä"), std::string("a\n"), std::string(64, 'x')}) {
    EXPECT_THAT(with_name(bad), ElementsAre("pools." + bad + ".name")) << bad;
  }
}

TEST(ValidatePools, RefusesANameTwice) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.pools.emplace_back(); }),
              ElementsAre("pools.default.name"));
}

TEST(ValidatePools, RefusesABackendTwiceInOnePoolButNotInTwo) {
  EXPECT_THAT(
      wrong_fields([](Config& config) { config.pools[0].backends.push_back(backend("10.0.0.3:80")); }),
      ElementsAre("pools.default.backends.10.0.0.3:80.address"));
  EXPECT_THAT(wrong_fields([](Config& config) {
                config.pools.emplace_back().name = "api";
                config.pools[1].backends = {backend("10.0.0.3:80")};
              }),
              IsEmpty());
}

TEST(ValidatePools, BoundsWeights) {
  const auto with_weight = [](unsigned weight) {
    return wrong_fields([weight](Config& config) { config.pools[0].backends[0].weight = weight; });
  };
  EXPECT_THAT(with_weight(0), IsEmpty());
  EXPECT_THAT(with_weight(limits::kBackendWeight), IsEmpty());
  EXPECT_THAT(with_weight(limits::kBackendWeight + 1),
              ElementsAre("pools.default.backends.10.0.0.3:80.weight"));
}

TEST(ValidatePools, BoundsTheirNumberAndThatOfAllBackends) {
  const auto with_pools = [](std::size_t pools, std::size_t backends_each) {
    return wrong_fields([&](Config& config) {
      config.pools.clear();
      for (std::size_t i = 0; i < pools; ++i) {
        Pool& pool = config.pools.emplace_back();
        pool.name = "p" + std::to_string(i);
        for (std::size_t j = 0; j < backends_each; ++j) {
          pool.backends.push_back(backend(("10.0.0.3:" + std::to_string(j + 1)).c_str()));
        }
      }
    });
  };
  EXPECT_THAT(with_pools(limits::kPools, limits::kBackendMembers / limits::kPools), IsEmpty());
  EXPECT_THAT(with_pools(limits::kPools + 1, 0), ElementsAre("pools"));
  EXPECT_THAT(with_pools(1, limits::kBackendMembers + 1), ElementsAre("pools"));
}

TEST(ValidateForwarding, RefusesABackendThatIsTheListenerItself) {
  const auto with_mode = [](ListenerMode mode, const char* listens, const char* forwards) {
    Config config = base();
    config.listeners = {listener(listens, mode)};
    config.pools[0].backends = {backend(forwards)};
    EXPECT_THAT(validate(config), IsEmpty()) << "a saved state with it is no wrong one";
    std::vector<std::string> fields;
    for (const Error& problem : validate_forwarding(config)) fields.push_back(problem.field);
    return fields;
  };
  EXPECT_THAT(with_mode(ListenerMode::kAuto, "127.0.0.1:80", "127.0.0.1:80"),
              ElementsAre("pools.default.backends.127.0.0.1:80.address"));
  EXPECT_THAT(with_mode(ListenerMode::kTcp, "unix:/a", "unix:/a"),
              ElementsAre("pools.default.backends.unix:/a.address"));
  EXPECT_THAT(with_mode(ListenerMode::kProxy, "0.0.0.0:80", "127.0.0.1:80"),
              ElementsAre("pools.default.backends.127.0.0.1:80.address"));
  EXPECT_THAT(with_mode(ListenerMode::kServer, "127.0.0.1:80", "127.0.0.1:80"), IsEmpty());
  EXPECT_THAT(with_mode(ListenerMode::kProxy, "127.0.0.1:80", "127.0.0.1:81"), IsEmpty());
}

TEST(ValidateHealth, ChecksEveryField) {
  EXPECT_THAT(wrong_fields([](Config& config) {
                HealthCheck& health = config.pools[0].health;
                health.path = "no-slash";
                health.host = "a b";
                health.expected_status = 99;
                health.interval = milliseconds(9);
                health.timeout = milliseconds(0);
                health.rise = 0;
                health.fall = 1001;
              }),
              UnorderedElementsAre("pools.default.health.path", "pools.default.health.host",
                                   "pools.default.health.expected_status", "pools.default.health.interval",
                                   "pools.default.health.timeout", "pools.default.health.rise",
                                   "pools.default.health.fall"));
}

TEST(ValidateHealth, LetsNoLineEndIntoTheRequest) {
  for (const char* path : {"/a b", "/a\r\nX: y", "/a\tb", "/\x7f", ""}) {
    EXPECT_THAT(wrong_fields([path](Config& config) { config.pools[0].health.path = path; }),
                ElementsAre("pools.default.health.path"));
  }
  EXPECT_THAT(wrong_fields([](Config& config) { config.pools[0].health.host = "a\r\nX: y"; }),
              ElementsAre("pools.default.health.host"));
}

TEST(ValidateEjection, WantsTheLongestTimeNotBelowTheFirst) {
  EXPECT_THAT(wrong_fields([](Config& config) {
                config.pools[0].ejection.base_time = milliseconds(10);
                config.pools[0].ejection.max_time = milliseconds(9);
              }),
              ElementsAre("pools.default.ejection.max_time"));
}

TEST(ValidateEjection, WantsStatusesOfFailures) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.pools[0].ejection.statuses = "5xx"; }),
              ElementsAre("pools.default.ejection.statuses"));
}

}  // namespace
}  // namespace demo
