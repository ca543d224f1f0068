#include "invocation/option_use.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "command_table.h"
#include "invocation/api.h"
#include "unit/ctl/invocation/every_option_rig.h"

namespace demo::ctl {
namespace {

TEST_F(EveryOption, OfEveryVerbHasAnEffectOrIsRefused) {
  // What these do is not seen in output and requests: they have tests of their own.
  const std::set<std::string> elsewhere{"events --follow", "stats --watch", "stats --count",
                                        "stats --record",  "top --ascii",   "top --interval",
                                        "top --replay"};
  for (const auto& command : command_table()) {
    const Verb& verb = command->verb();
    if (verb.hidden) continue;
    for (const Argument& argument : verb.arguments) {
      if (argument.positional || elsewhere.contains(verb.name + ' ' + argument.long_name())) continue;
      std::vector<std::string> option{argument.long_name()};
      if (!argument.is_flag()) option.push_back(value_of(argument));
      expect_effect(line_of(verb, option.front()), option);
    }
  }
}

TEST_F(EveryOption, OfAllVerbsHasAnEffectOrIsRefused) {
  for (const auto& command : command_table()) {
    const Verb& verb = command->verb();
    if (verb.hidden || verb.name == "top") continue;
    const std::string column = verb.columns.empty() ? "x" : verb.columns.front();
    // A table of one column has only that.
    if (verb.columns.size() != 1) expect_effect(line_of(verb), {"--fields", column});
    // Of one row, or two in order, there is no other order.
    const bool one_row = verb.name == "whoami" || verb.name == "version";
    if (!one_row) expect_effect(line_of(verb), {"--sort", column});
    expect_effect(line_of(verb), {"--fields", "nonsense"});
    expect_effect(line_of(verb), {"--sort", "nonsense"});
    for (const std::string output : {"csv", "json", "jsonl"}) {
      if (verb.name == "config show" && output == "json") continue;  // as without it
      expect_effect(line_of(verb), {"--output", output});
    }
  }
}

// Of answers that are printed as they are too.
TEST_F(EveryOption, OfAnOrderIsKeptOrRefusedHoweverRowsArePrinted) {
  for (const auto& command : command_table()) {
    const Verb& verb = command->verb();
    const bool one_row = verb.name == "whoami" || verb.name == "version";
    if (verb.hidden || verb.columns.empty() || verb.keeps_order || one_row) continue;
    for (const std::string output : {"table", "wide", "json", "jsonl", "csv"}) {
      std::vector<std::string> line = line_of(verb);
      std::string column = verb.columns.front();
      if (verb.name == "config diff") column = "path";
      if (verb.name == "stats") {
        line = {"stats"};  // with --count its lines come in order of time
        column = "worker";
      }
      line.insert(line.end(), {"--output", output});
      expect_effect(line, {"--sort", column});
    }
  }
}

TEST_F(EveryOption, ThatMatchesNothingIsRefusedWithTheNearName) {
  const Behaviour worker = behaviour({"stats", "--worker", "9"});
  EXPECT_EQ(worker.code, 3);
  EXPECT_EQ(worker.err, "democtl: --worker: there is no worker \"9\", only 2, 1\n");
  const Behaviour pool = behaviour({"stats", "--watch", "--count", "1", "--pool", "apii"});
  EXPECT_EQ(pool.code, 3);
  EXPECT_EQ(pool.err, "democtl: --pool: there is no pool \"apii\", only db, api, did you mean \"api\"?\n");
  daemon_.answer("ListPools", api::ListPoolsResponse());
  EXPECT_EQ(behaviour({"stats", "--pool", "api"}).err,
            "democtl: --pool: there is no pool \"api\": the daemon has no pool at all\n");
  daemon_.answer("GetStats", api::GetStatsResponse());
  const Behaviour listener = behaviour({"stats", "--listener", ":82x"});
  EXPECT_EQ(listener.code, 3);
  EXPECT_THAT(listener.err, testing::HasSubstr("only :82, :81, did you mean \":82\"?"));
}

TEST_F(EveryOption, NamesColumnsAsTheVerbPrintsThem) {
  for (const auto& command : command_table()) {
    const Verb& verb = command->verb();
    // These print one of several tables.
    if (verb.columns.empty() || verb.name == "stats" || verb.name == "config diff") continue;
    std::vector<std::string> words = line_of(verb);
    words.insert(words.end(), {"-o", "csv"});
    const std::string out = behaviour(words).out;
    EXPECT_EQ(out.substr(0, out.find('\n')), fmt::format("{}", fmt::join(verb.columns, ","))) << verb.name;
  }
}

// An alias has them.
TEST_F(EveryOption, OfTheConnectionIsTakenWhereNoDaemonIsAsked) {
  std::ofstream(file_) << "{}\n";
  const std::vector<std::string> connection{"--target",   "web1:7443", "--timeout",         "30s",
                                            "--tls-ca",   "/nowhere",  "--tls-key",         "/nowhere",
                                            "--tls-cert", "/nowhere",  "--tls-server-name", "web1"};
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"help"},
           {"completion", "bash"},
           {"stats", "--replay", file_, "-o", "csv", "--fields", "req/s"}}) {
    EXPECT_EQ(DemoctlTest::democtl(words), 0) << err_;
    const std::string without = out_;
    std::vector<std::string> with = connection;
    with.insert(with.end(), words.begin(), words.end());
    EXPECT_EQ(DemoctlTest::democtl(with), 0) << err_;
    EXPECT_EQ(out_, without);
    EXPECT_EQ(err_, "");
  }
  // top would draw what it replays.
  std::vector<std::string> replayed = connection;
  replayed.insert(replayed.end(), {"top", "--replay", "/nowhere"});
  EXPECT_EQ(DemoctlTest::democtl(replayed), 2);
  EXPECT_EQ(err_, "democtl: --replay: /nowhere cannot be read: No such file or directory\n");
}

TEST_F(EveryOption, OfTheConnectionIsNamedByHelpOfVerbsThatAskADaemon) {
  EXPECT_EQ(DemoctlTest::democtl({"completion", "--help"}), 0);
  for (const char* option : {"--target", "--timeout", "--tls-ca"}) {
    EXPECT_THAT(out_, testing::Not(testing::HasSubstr(option)));
  }
  EXPECT_EQ(DemoctlTest::democtl({"status", "--help"}), 0);
  for (const char* option : {"--target", "--timeout", "--tls-ca"}) {
    EXPECT_THAT(out_, testing::HasSubstr(option));
  }
}

TEST_F(EveryOption, OfTlsIsRefusedWithoutATargetOfTcp) {
  EXPECT_EQ(DemoctlTest::democtl({"status", "--tls-ca", file_}), 2);
  EXPECT_THAT(err_, testing::HasSubstr("the --tls options are for a --target of the form host:port"));
}

}  // namespace
}  // namespace demo::ctl
