#include "config/message_size.h"
#include "wrong_fields.h"

namespace demo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

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

// With pools whose health checks have long paths.
Config state_of(std::size_t bytes) {
  Config config;
  config.response.body = std::string(limits::kResponseBodyBytes, 'x');
  const auto left = [&] { return bytes - message_size(config); };
  while (left() > 0) {
    Pool& pool = config.pools.emplace_back();
    pool.name = fmt::format("pool-{:03}", config.pools.size());
    pool.health.path = "/" + std::string(200, 'x');  // from here on a byte more of it is one more in all
    // So much that there is room for the next one.
    const std::size_t rest = left();
    pool.health.path.append(rest < 8000 ? rest : std::min<std::size_t>(7000, rest - 1000), 'x');
  }
  return config;
}

TEST(Validate, BoundsTheWholeState) {
  EXPECT_THAT(validate(state_of(limits::kConfigBytes)), IsEmpty());
  const auto problems = validate(state_of(limits::kConfigBytes + 1));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(
      problems[0].message,
      "config is \"1310721 bytes\": the whole state has at most 1310720 bytes as a message of the API, of "
      "which the response's body has 524288: shorten it, names or paths");
}

TEST(Validate, HasRoomForTheLongestBodyBesideAsManyPartsAsThereMayBe) {
  Config config;
  config.response.body = std::string(limits::kResponseBodyBytes, 'x');
  for (std::size_t i = 0; i < limits::kListeners; ++i) {
    config.listeners.emplace_back().address = *Address::parse(fmt::format("[2001:db8::1:{:x}]:65535", i + 1));
    config.listeners.back().pool = fmt::format("pool-{}", i);
  }
  for (std::size_t i = 0; i < limits::kPools; ++i)
    config.pools.emplace_back().name = fmt::format("pool-{}", i);
  for (std::size_t i = 0; i < limits::kBackendMembers; ++i) {
    Backend& backend = config.pools[i % limits::kPools].backends.emplace_back();
    backend.endpoint = *Endpoint::parse(fmt::format("backend-{}.example.com:8080", i));
  }
  EXPECT_THAT(validate(config), IsEmpty());
}

TEST(ValidateWorkers, RefusesACoreListBesideACountOrAFirstCore) {
  EXPECT_THAT(wrong_fields([](Config& config) {
                config.workers.cores = {1};
                config.workers.count = 2;
                config.workers.start_core = 1;
              }),
              ElementsAre("workers.count", "workers.start_core"));
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

// Each of them would be looked for among all pools, and compared with the names of all.
TEST(ValidateListeners, AreNotLookedAtWhereThereAreTooMany) {
  Config config;
  for (std::size_t i = 0; i <= limits::kListeners; ++i) {
    config.listeners.push_back(listener("127.0.0.1:80"));
    config.listeners.back().mode = ListenerMode::kProxy;
    config.listeners.back().pool = "nowhere";
  }
  for (std::size_t i = 0; i <= limits::kPools; ++i) config.pools.emplace_back().name = "p";
  for (const auto& problems : {validate_counts(config), validate(config), validate_whole(config)}) {
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].field, "listeners");
    EXPECT_EQ(problems[1].field, "pools");
  }
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

}  // namespace
}  // namespace demo
