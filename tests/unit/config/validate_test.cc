#include "config/validate.h"

#include <gmock/gmock.h>

#include <functional>

namespace demo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Listener listener(const char* text, ListenerMode mode = ListenerMode::kAuto) {
  Listener result;
  result.address = *Address::parse(text);
  result.mode = mode;
  return result;
}

Backend backend(const char* text) {
  Backend result;
  result.endpoint = *Endpoint::parse(text);
  return result;
}

Config base() {
  Config config;
  config.listeners = {listener("127.0.0.1:80")};
  config.pools.emplace_back().backends = {backend("10.0.0.3:80")};
  return config;
}

// The fields that are wrong after the edit of a good state.
std::vector<std::string> wrong_fields(const std::function<void(Config&)>& edit) {
  Config config = base();
  edit(config);
  std::vector<std::string> fields;
  for (const Error& problem : validate(config)) {
    EXPECT_EQ(problem.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(problem.message, HasSubstr(problem.field));
    fields.push_back(problem.field);
  }
  return fields;
}

TEST(Validate, AcceptsTheDefaultsAndAUsualState) {
  EXPECT_THAT(validate(Config{}), IsEmpty());
  EXPECT_THAT(validate(base()), IsEmpty());
}

TEST(Validate, NamesFieldValueAndReasonInOneSentence) {
  Config config;
  config.workers.count = 257;
  const auto problems = validate(config);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, "workers.count");
  EXPECT_EQ(problems[0].value, "257");
  EXPECT_EQ(problems[0].message, "workers.count is \"257\": must be from 1 to 256");
}

TEST(Validate, ReportsEveryProblemAtOnce) {
  EXPECT_THAT(wrong_fields([](Config& config) {
                config.workers.count = 0;
                config.response.status = 1000;
                config.pools[0].name = "a b";
              }),
              ElementsAre("workers.count", "response.status", "pools.a b.name"));
}

TEST(ValidateWorkers, BoundsTheCountAndRefusesACoreTwice) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.workers.count = 256; }), IsEmpty());
  EXPECT_THAT(wrong_fields([](Config& config) { config.workers.cores = {3, 1, 2}; }), IsEmpty());
  EXPECT_THAT(wrong_fields([](Config& config) {
                config.workers.cores = {3, 1, 3};
              }),
              ElementsAre("workers.cores"));
  EXPECT_THAT(wrong_fields([](Config& config) {
                for (unsigned core = 0; core < 257; ++core) config.workers.cores.push_back(core);
              }),
              ElementsAre("workers.cores"));
}

TEST(ValidateTraffic, WantsTimesAboveZeroAndWithinAWeek) {
  const auto with_idle = [](milliseconds time) {
    return wrong_fields([time](Config& config) { config.client_keepalive.idle_timeout = time; });
  };
  EXPECT_THAT(with_idle(milliseconds(1)), IsEmpty());
  EXPECT_THAT(with_idle(hours(7 * 24)), IsEmpty());
  EXPECT_THAT(with_idle(milliseconds(0)), ElementsAre("client_keepalive.idle_timeout"));
  EXPECT_THAT(with_idle(milliseconds(-1)), ElementsAre("client_keepalive.idle_timeout"));
  EXPECT_THAT(with_idle(hours(7 * 24) + milliseconds(1)), ElementsAre("client_keepalive.idle_timeout"));
}

TEST(ValidateTraffic, ChecksEveryTime) {
  EXPECT_THAT(
      wrong_fields([](Config& config) {
        config.backend_keepalive.idle_timeout = milliseconds(0);
        config.client_timeouts = {milliseconds(0), milliseconds(0), milliseconds(0), milliseconds(0)};
        config.pools[0].timeouts = {milliseconds(0), milliseconds(0), milliseconds(0), milliseconds(0),
                                    milliseconds(0)};
      }),
      ElementsAre("backend_keepalive.idle_timeout", "client_timeouts.head", "client_timeouts.body",
                  "client_timeouts.request", "client_timeouts.write", "pools.default.timeouts.connect",
                  "pools.default.timeouts.head", "pools.default.timeouts.body",
                  "pools.default.timeouts.tunnel", "pools.default.timeouts.queue"));
}

TEST(ValidateTraffic, WantsAWholeRequestToOutlastItsHead) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.client_timeouts.request = milliseconds(9999); }),
              ElementsAre("client_timeouts.request"));
}

TEST(ValidateListeners, RefusesAnAddressTwice) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.listeners.push_back(listener("127.0.0.1:80")); }),
              ElementsAre("listeners.127.0.0.1:80.address"));
  EXPECT_THAT(wrong_fields([](Config& config) { config.listeners.push_back(listener("127.0.0.1:81")); }),
              IsEmpty());
}

TEST(ValidateListeners, WantsTheInterfaceOfALinkLocalAddress) {
  const auto with = [](const char* address, const char* interface) {
    return wrong_fields([&](Config& config) {
      config.listeners = {listener(address)};
      config.listeners[0].kernel.interface = interface;
    });
  };
  EXPECT_THAT(with("[fe80::1]:80", ""), ElementsAre("listeners.[fe80::1]:80.address"));
  EXPECT_THAT(with("[fe80::1%eth0]:80", ""), IsEmpty());
  EXPECT_THAT(with("[fe80::1]:80", "eth0"), IsEmpty());
  EXPECT_THAT(with("[2001:db8::1]:80", ""), IsEmpty());
}

TEST(ValidateListeners, RefusesOneWithoutAddress) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.listeners.emplace_back(); }),
              ElementsAre("listeners..address"));
}

TEST(ValidateListeners, BoundsTheirNumber) {
  const auto with_count = [](std::size_t count) {
    return wrong_fields([count](Config& config) {
      config.listeners.clear();
      for (std::size_t i = 0; i < count; ++i) {
        config.listeners.push_back(listener(("127.0.0.1:" + std::to_string(i + 1)).c_str()));
      }
    });
  };
  EXPECT_THAT(with_count(limits::kListeners), IsEmpty());
  EXPECT_THAT(with_count(limits::kListeners + 1), ElementsAre("listeners"));
}

TEST(ValidateListeners, WantsAnExistingPoolOnlyWhereForwardingIsCertain) {
  const auto with_mode = [](ListenerMode mode) {
    return wrong_fields([mode](Config& config) {
      config.listeners[0].mode = mode;
      config.listeners[0].pool = "later";
    });
  };
  EXPECT_THAT(with_mode(ListenerMode::kAuto), IsEmpty());
  EXPECT_THAT(with_mode(ListenerMode::kServer), IsEmpty());
  EXPECT_THAT(with_mode(ListenerMode::kRaw), IsEmpty());
  EXPECT_THAT(with_mode(ListenerMode::kProxy), ElementsAre("listeners.127.0.0.1:80.pool"));
  EXPECT_THAT(with_mode(ListenerMode::kTcp), ElementsAre("listeners.127.0.0.1:80.pool"));
}

TEST(ValidateListeners, RefusesAProxyHeaderOnARawListenerOnly) {
  for (const ListenerMode mode : {ListenerMode::kAuto, ListenerMode::kServer, ListenerMode::kProxy,
                                  ListenerMode::kTcp, ListenerMode::kRaw}) {
    const auto fields = wrong_fields([mode](Config& config) {
      config.listeners[0].mode = mode;
      config.listeners[0].accept_proxy_protocol = true;
    });
    EXPECT_EQ(fields.size(), mode == ListenerMode::kRaw ? 1U : 0U) << to_string(mode);
  }
}

TEST(ValidateListeners, RefusesASocketAWorkerOnAUnixPath) {
  const auto with_mode = [](std::optional<AcceptMode> mode) {
    return wrong_fields([mode](Config& config) {
      config.listeners = {listener("unix:/run/x.sock")};
      config.listeners[0].accept_mode = mode;
    });
  };
  EXPECT_THAT(with_mode(std::nullopt), IsEmpty());
  EXPECT_THAT(with_mode(AcceptMode::kShared), IsEmpty());
  EXPECT_THAT(with_mode(AcceptMode::kReuseport), ElementsAre("listeners.unix:/run/x.sock.accept_mode"));
  EXPECT_THAT(with_mode(AcceptMode::kReuseportCpu), ElementsAre("listeners.unix:/run/x.sock.accept_mode"));
}

TEST(ValidateKernelOptions, BoundsEachNumber) {
  EXPECT_THAT(wrong_fields([](Config& config) {
                KernelOptions& kernel = config.listeners[0].kernel;
                kernel.backlog = 0;
                kernel.defer_accept_s = -1;
                kernel.fastopen_queue = -1;
                kernel.busy_poll_us = -1;
                kernel.keepalive_idle_s = 0;
                kernel.keepalive_interval_s = 32'768;
                kernel.keepalive_count = 128;
                kernel.send_buffer_bytes = 0;
                kernel.receive_buffer_bytes = 0;
                kernel.incoming_cpu = -1;
              }),
              testing::SizeIs(10));
}

TEST(ValidateKernelOptions, WantsAnInterfaceThatCanExist) {
  const auto with_interface = [](std::string name) {
    return wrong_fields([&](Config& config) { config.listeners[0].kernel.interface = name; });
  };
  EXPECT_THAT(with_interface("eth0"), IsEmpty());
  EXPECT_THAT(with_interface("wlp0s20f3.1234x"), IsEmpty());  // 15 bytes
  for (const char* bad : {"wlp0s20f3.1234xy", "a/b", "a b", "..", ".", "a:1"}) {
    EXPECT_THAT(with_interface(bad), ElementsAre("listeners.127.0.0.1:80.kernel.interface")) << bad;
  }
}

TEST(ValidateKernelOptions, RefusesV6OnlyElsewhere) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.listeners[0].kernel.v6only = true; }),
              ElementsAre("listeners.127.0.0.1:80.kernel.v6only"));
  EXPECT_THAT(wrong_fields([](Config& config) {
                config.listeners = {listener("[::1]:80")};
                config.listeners[0].kernel.v6only = true;
              }),
              IsEmpty());
}

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

TEST(ValidateResponse, WantsAFinalStatus) {
  for (const unsigned bad : {0U, 100U, 199U, 600U}) {
    EXPECT_THAT(wrong_fields([bad](Config& config) { config.response.status = bad; }),
                ElementsAre("response.status"));
  }
  for (const unsigned good : {200U, 204U, 404U, 599U}) {
    EXPECT_THAT(wrong_fields([good](Config& config) { config.response.status = good; }), IsEmpty());
  }
}

TEST(ValidateResponse, BoundsTheBody) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.response.body_size = limits::kResponseBodyBytes; }),
              IsEmpty());
  EXPECT_THAT(
      wrong_fields([](Config& config) { config.response.body_size = limits::kResponseBodyBytes + 1; }),
      ElementsAre("response.body_size"));
}

TEST(ValidateResponse, WantsValidFields) {
  const auto with_field = [](std::string name, std::string value) {
    return wrong_fields([&](Config& config) { config.response.headers = {{name, value}}; });
  };
  EXPECT_THAT(with_field("X-A", "b c, d\t\xe9"), IsEmpty());
  EXPECT_THAT(with_field("X-A", ""), IsEmpty());
  EXPECT_THAT(with_field("", "b"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X A", "b"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X:A", "b"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", "b\r\nInjected: c"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", "b\nc"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", std::string("b\0c", 3)), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", " b"), ElementsAre("response.headers"));
}

TEST(ValidateResponse, RefusesFieldsThatTheDaemonWrites) {
  for (const char* name : {"Content-Length", "transfer-encoding", "CONNECTION", "Keep-Alive", "Date",
                           "Content-Type", "Trailer", "Upgrade"}) {
    EXPECT_THAT(wrong_fields([name](Config& config) {
                  config.response.headers = {{name, "x"}};
                }),
                ElementsAre("response.headers"))
        << name;
  }
}

TEST(ValidateResponse, BoundsTheFieldsTogether) {
  const auto with_value_of = [](std::size_t size) {
    return wrong_fields([size](Config& config) {
      config.response.content_type = "text/plain";  // 10 bytes
      config.response.headers = {{"X-A", std::string(size, 'x')}};
    });
  };
  EXPECT_THAT(with_value_of(limits::kResponseHeaderBytes - 17), IsEmpty());
  EXPECT_THAT(with_value_of(limits::kResponseHeaderBytes - 16), ElementsAre("response.headers"));
}

TEST(ValidateResponse, WantsAContentType) {
  for (const char* bad : {"", "text\r\nX: y", " text/plain"}) {
    EXPECT_THAT(wrong_fields([bad](Config& config) { config.response.content_type = bad; }),
                ElementsAre("response.content_type"));
  }
}

}  // namespace
}  // namespace demo
