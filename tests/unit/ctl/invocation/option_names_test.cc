#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "command_table.h"
#include "invocation/option_use.h"
#include "unit/ctl/invocation/every_option_rig.h"

// What errors call an option, whoever speaks of it.

namespace demo::ctl {
namespace {

TEST_F(EveryOption, IsNamedAsTypedWhenTheDaemonRefusesItsValue) {
  const auto refusal = [this](const char* rpc, const char* field, const char* why,
                              const std::vector<std::string>& words) {
    daemon_.refuse(rpc, grpc::StatusCode::INVALID_ARGUMENT, fmt::format("{} is \"0\": {}", field, why), field,
                   "0");
    return behaviour(words).err;
  };
  EXPECT_EQ(refusal("SetWorkers", "workers.count", "must be from 1 to 256", {"set-workers", "0"}),
            "democtl: COUNT: \"0\": must be from 1 to 256\n");
  EXPECT_EQ(refusal("AddListener", "listeners.0.0.0.0:81.kernel.keepalive_idle_s", "too short",
                    {"add-listener", ":81", "--keepalive-idle", "0"}),
            "democtl: --keepalive-idle: \"0\": too short\n");
  EXPECT_EQ(refusal("UpdatePool", "pools.api.health.timeout", "too short",
                    {"set-pool", "api", "--health-timeout", "0", "--head-timeout", "1s"}),
            "democtl: --health-timeout: \"0\": too short\n");
  EXPECT_EQ(refusal("SetKeepalive", "client_keepalive.idle_timeout", "too short",
                    {"keepalive", "on", "--idle-timeout", "0"}),
            "democtl: --idle-timeout: \"0\": too short\n");
  EXPECT_EQ(refusal("WatchStats", "interval", "must be from 100ms to 1h", {"stats", "--interval", "0"}),
            "democtl: --interval: \"0\": must be from 100ms to 1h\n");
}

TEST_F(EveryOption, IsNamedAsTypedBesideWhateverElseIsWrong) {
  const CommandTable table = command_table();
  Settings settings;
  const Parsed parsed = parse({"keepalive", "on", "--idle-timeout", "0"}, table, global_arguments(settings));
  const Failure failure(ExitCode::kUsage, "idle_timeout: too short", "idle_timeout", {"more"});
  const Failure told = in_typed_words(failure, parsed);
  EXPECT_EQ(told.message(), "--idle-timeout: too short");
  EXPECT_EQ(told.more(), std::vector<std::string>{"more"});
}

TEST_F(EveryOption, IsNamedWhereTheDaemonSpeaksOfAnotherField) {
  daemon_.refuse("UpdatePool", grpc::StatusCode::INVALID_ARGUMENT,
                 "pools.api.ejection.max_time is \"5m\": must not be shorter than base_time, 10m",
                 "pools.api.ejection.max_time", "5m");
  EXPECT_EQ(behaviour({"set-pool", "api", "--eject-time", "10m"}).err,
            "democtl: --eject-max-time: \"5m\": must not be shorter than --eject-time, 10m\n");
  daemon_.refuse("SetClientLimits", grpc::StatusCode::INVALID_ARGUMENT,
                 "client_timeouts.request is \"1s\": must not be shorter than client_timeouts.head, 10s",
                 "client_timeouts.request", "1s");
  EXPECT_EQ(behaviour({"set-client-limits", "--request-timeout", "1s"}).err,
            "democtl: --request-timeout: \"1s\": must not be shorter than --head-timeout, 10s\n");
}

TEST_F(EveryOption, IsNamedInEachSentenceOfSeveral) {
  const CommandTable table = command_table();
  Settings settings;
  const Parsed parsed = parse({"set-pool", "api", "--health-rise", "0", "--health-fall", "0"}, table,
                              global_arguments(settings));
  const Failure failure(ExitCode::kUsage, "pool.health.rise is \"0\": must be more", "pool.health.rise",
                        {"pool.health.fall is \"0\": no base_time", "and 3 more"}, {"pool.health.fall", ""});
  const Failure told = in_typed_words(failure, parsed);
  EXPECT_EQ(told.message(), "--health-rise: \"0\": must be more");
  EXPECT_EQ(told.more(), (std::vector<std::string>{"--health-fall: \"0\": no --eject-time", "and 3 more"}));
}

TEST_F(EveryOption, ThatSaysAValueIsRefusedBesideItsReset) {
  const Behaviour both = behaviour({"set-listener", ":81", "--reset", "kernel.backlog", "--backlog", "5"});
  EXPECT_EQ(both.code, 2);
  EXPECT_EQ(both.err, "democtl: --backlog and --reset kernel.backlog: leave one of them out\n");
  EXPECT_TRUE(both.requests.empty());
  EXPECT_EQ(behaviour({"set-backend", "10.0.0.9:80", "--state", "drain", "--reset", "state"}).code, 2);
  EXPECT_EQ(behaviour({"set-response", "--text", "x", "--reset", "body"}).code, 2);
  // All of a section, and one of it anew.
  EXPECT_NE(behaviour({"set-listener", ":81", "--reset", "kernel", "--backlog", "5"}).code, 2);
  const Behaviour twice = behaviour({"set-listener", ":81", "--reset", "backlog", "--reset=--backlog"});
  EXPECT_EQ(twice.err, "democtl: --reset: \"--backlog\" is given twice\n");
}

// What stands behind an option is its value, whatever it looks like.
TEST_F(EveryOption, IsNotGivenWhereItsNameIsTheValueOfAnother) {
  const Behaviour reset = behaviour({"set-listener", ":81", "--reset", "--backlog"});
  EXPECT_EQ(reset.err.find("leave one of them out"), std::string::npos) << reset.err;
  EXPECT_NE(reset.code, 2);
  EXPECT_NE(behaviour({"set-response", "--text", "--status", "--reset", "status"}).code, 2);
}

TEST_F(EveryOption, IsNamedOnceWithAllItsWordsWhenItsValueIsNone) {
  EXPECT_EQ(behaviour({"keepalive", "on", "--max-requests", "-5"}).err,
            "democtl: --max-requests: \"-5\": must be from 0 to 18446744073709551615\n");
  EXPECT_EQ(behaviour({"keepalive", "on", "--side", "backend", "--idle-timeout", "1 m"}).err,
            "democtl: --idle-timeout: \"1 m\" is not a duration such as 250ms, 30s or 5m\n");
  EXPECT_EQ(behaviour({"config", "apply-file", file_, "--prefer", "fil"}).err,
            "democtl: --prefer: \"fil\" is not one of file, running, did you mean \"file\"?\n");
  EXPECT_EQ(behaviour({"--", "status"}).err, "democtl: \"status\": a verb comes before --\n");
  EXPECT_THAT(behaviour({"debug", "maybe"}).err, testing::HasSubstr("debug, on, off"));
  EXPECT_THAT(behaviour({"accept-mode", "reuse"}).err, testing::HasSubstr("reuseport-cpu, default"));
  EXPECT_THAT(behaviour({"config", "show", "-o", "csv"}).err, testing::HasSubstr("json, jsonl or toml"));
}

}  // namespace
}  // namespace demo::ctl
