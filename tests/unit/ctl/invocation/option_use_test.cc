#include "invocation/option_use.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "command_table.h"
#include "demo/control/v1/control.pb.h"
#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

using google::protobuf::Message;

// What can be seen of a run.
struct Behaviour {
  int code = 0;
  std::string out;
  std::string err;
  std::map<std::string, std::string> requests;
  bool operator==(const Behaviour&) const = default;
};

// A daemon with two of everything, in an order that no column sorts them by.
class EveryOption : public DemoctlOfFakeDaemon {
 protected:
  EveryOption() {
    std::ofstream(file_) << "{}";
    answer_changes();
    answer_lists();
    answer_streams();
  }
  ~EveryOption() override { std::remove(file_.c_str()); }

  Behaviour behaviour(const std::vector<std::string>& words) {
    daemon_.forget_requests();
    const int code = democtl(words);
    return {code, out_, err_, daemon_.requests()};
  }

  // The verb with what it needs, but not by this option.
  std::vector<std::string> line_of(const Verb& verb, const std::string& option = "") const {
    static const std::map<std::string, std::vector<std::string>> kNeeded{
        {"set-listener", {"--backlog", "9"}},
        {"config apply", {"--yes"}},
        {"set-backend", {"--weight", "9"}},
        {"set-pool", {"--queue-limit", "9"}},
        {"set-response", {"--shaping", "on"}},
        {"set-forwarding", {"--via", "on"}},
        {"set-client-limits", {"--max-connections", "9"}},
        {"set-workers", {"--start-core", "1"}},
        {"restart-worker", {"--all"}},
        {"stats", {"--count", "1"}},
        {"accept-mode", {"--listener", ":81"}}};
    std::vector<std::string> words;
    std::istringstream name(verb.name);
    for (std::string word; name >> word;) words.push_back(word);
    for (const Argument& argument : verb.arguments) {
      if (argument.positional && argument.required) words.push_back(value_of(argument));
    }
    const auto needed = kNeeded.find(verb.name);
    if (needed != kNeeded.end() && needed->second.front() != option) {
      words.insert(words.end(), needed->second.begin(), needed->second.end());
    }
    return words;
  }

  std::string value_of(const Argument& argument) const {
    static const std::map<std::string, std::string> kValues{{"DURATION", "7s"},
                                                            {"SIZE", "7k"},
                                                            {"N", "1"},
                                                            {"TEXT", "[1]"},
                                                            {"POOL", "api"},
                                                            {"LISTENER", ":81"},
                                                            {"WORKER", "1"},
                                                            {"BACKEND", "10.0.0.9:80"},
                                                            {"ADDRESS", ":81"},
                                                            {"ENDPOINT", "10.0.0.9:80"},
                                                            {"NAME", "n"},
                                                            {"TYPE", "text/x"},
                                                            {"PATH", "/x"},
                                                            {"STATUSES", "500"},
                                                            {"CORE,...", "0"},
                                                            {"SEQUENCE", "1"},
                                                            {"FIELD", "X-Name: a"},
                                                            {"COUNT", "2"}};
    if (argument.placeholder == "FILE") return file_;
    if (!argument.words.empty()) return argument.words.back();
    if (const auto found = kValues.find(argument.placeholder); found != kValues.end()) return found->second;
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(argument.placeholder.front())))
        << argument.placeholder;
    return argument.placeholder.substr(argument.placeholder.rfind('|') + 1);
  }

  void expect_effect(const std::vector<std::string>& line, const std::vector<std::string>& option) {
    std::vector<std::string> with = line;
    with.insert(with.end(), option.begin(), option.end());
    const Behaviour changed = behaviour(with);
    if (changed.code == 2) {
      EXPECT_THAT(changed.err, testing::HasSubstr(option.front())) << fmt::format("{}", fmt::join(with, " "));
      return;
    }
    EXPECT_FALSE(changed == behaviour(line)) << fmt::format("{}", fmt::join(with, " ")) << ": no effect";
  }

  const std::string file_ = testing::TempDir() + "every_option.json";

 private:
  void answer_changes() {
    api::MutationResult result;
    result.set_generation(3);
    result.add_workers()->set_applied(true);
    result.add_workers()->set_error("late");
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("demo.control.v1.Control");
    ASSERT_NE(service, nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* type = service->method(i)->output_type();
      const std::unique_ptr<Message> answer(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      if (const auto* field = type->FindFieldByName("result"); field != nullptr) {
        answer->GetReflection()->MutableMessage(answer.get(), field)->CopyFrom(result);
      }
      daemon_.answer(service->method(i)->name(), *answer);
    }
  }

  void answer_lists() {
    api::ListWorkersResponse workers;
    api::ListListenersResponse listeners;
    api::ListBackendsResponse backends;
    api::ListPoolsResponse pools;
    for (const unsigned number : {2U, 1U}) {
      auto& worker = *workers.add_workers();
      worker.set_worker(number);
      worker.set_state(api::WORKER_STATE_READY);
      worker.set_generation(3);
      auto& listener = *listeners.add_listeners();
      listener.mutable_listener()->set_address(fmt::format(":8{}", number));
      listener.set_bound_address(fmt::format(":8{}", number));
      backends.add_backends()->set_pool(fmt::format("pool{}", number));
      pools.add_pools()->set_name(number == 1 ? "api" : "db");
    }
    daemon_.answer("ListWorkers", workers);
    daemon_.answer("ListListeners", listeners);
    daemon_.answer("ListBackends", backends);
    daemon_.answer("ListPools", pools);
    api::GetConfigResponse config;
    config.mutable_running()->mutable_workers()->set_count(2);
    for (const char* path : {"b", "a"}) {
      auto& value = *config.add_file_differences();
      value.set_path(path);
      value.set_change(api::FILE_CHANGE_KEEP);
    }
    daemon_.answer("GetConfig", config);
    daemon_.answer("GetStatus", api::GetStatusResponse());
    api::WhoAmIResponse who;
    who.set_name("ann");
    daemon_.answer("WhoAmI", who);
  }

  void answer_streams() {
    std::vector<api::WatchStatsResponse> samples(2);
    samples[1].mutable_sample()->set_monotonic_ns(1'000'000'000);
    daemon_.answer("WatchStats", {&samples[0], &samples[1]});
    api::GetStatsResponse stats;
    for (const unsigned number : {2U, 1U}) stats.mutable_sample()->add_workers()->set_worker(number);
    stats.mutable_sample()->add_listeners()->set_address(":81");
    daemon_.answer("GetStats", stats);
    std::vector<api::WatchEventsResponse> events(2);
    events[0].mutable_event()->set_sequence(1);
    events[1].mutable_event()->set_sequence(2);
    daemon_.answer("WatchEvents", {&events[0], &events[1]});
  }
};

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
