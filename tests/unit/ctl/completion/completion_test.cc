#include "completion/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command_table.h"
#include "invocation/settings.h"

namespace demo::ctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class CompletionTest : public testing::Test {
 protected:
  // The words alone, without what is said about them.
  std::vector<std::string> words(const std::vector<std::string>& line) {
    Settings settings;
    std::vector<std::string> result;
    for (const std::string& entry : complete(line, table_, global_arguments(settings), live_)) {
      result.push_back(entry.front() == '\t' ? entry : entry.substr(0, entry.find('\t')));
    }
    return result;
  }

  const CommandTable table_ = command_table();
  const LiveNames live_ = [](const std::string& kind, const std::string& pool) {
    if (!pool.empty()) return std::vector<std::string>{kind + "-of-" + pool};
    return std::vector<std::string>{kind + "-1", kind + "-2"};
  };
};

TEST_F(CompletionTest, NamesVerbsAndFamiliesOnceAndNothingHidden) {
  EXPECT_THAT(words({"add-"}), ElementsAre("add-listener", "add-backend", "add-pool"));
  EXPECT_THAT(words({"conf"}), ElementsAre("config"));
  EXPECT_THAT(words({"__"}), IsEmpty());
  EXPECT_THAT(words({"config", "s"}), ElementsAre("show", "save"));
}

TEST_F(CompletionTest, NamesWhatExists) {
  EXPECT_THAT(words({"remove-backend", ""}), ElementsAre("BACKEND-1", "BACKEND-2"));
  EXPECT_THAT(words({"remove-listener", "LISTENER-2"}), ElementsAre("LISTENER-2"));
  EXPECT_THAT(words({"add-backend", ":80", "--pool", ""}), ElementsAre("POOL-1", "POOL-2"));
  EXPECT_THAT(words({"restart-worker", ""}), ElementsAre("WORKER-1", "WORKER-2"));
}

TEST_F(CompletionTest, NamesTheWordsThatAValueMayBe) {
  EXPECT_THAT(words({"add-listener", ":81", "--mode", ""}),
              ElementsAre("auto", "server", "proxy", "tcp", "raw"));
  EXPECT_THAT(words({"keepalive", "o"}), ElementsAre("on", "off"));
  EXPECT_THAT(words({"status", "-o", "js"}), ElementsAre("json", "jsonl"));
}

TEST_F(CompletionTest, NamesValuesBehindASignAsWell) {
  EXPECT_THAT(words({"add-listener", ":81", "--mode=t"}), ElementsAre("--mode=tcp"));
  EXPECT_THAT(words({"stats", "--watch", "--fields=time,req"}), Contains("--fields=time,req/s"));
  EXPECT_THAT(words({"add-backend", ":80", "--pool="}), ElementsAre("--pool=POOL-1", "--pool=POOL-2"));
  EXPECT_THAT(words({"stats", "--record="}), ElementsAre("\tFILE"));
  EXPECT_THAT(words({"add-backend", ":80", "--dry-run="}), IsEmpty());
  EXPECT_THAT(words({"-o=json", "remove-pool", ""}), ElementsAre("POOL-1", "POOL-2"));
}

TEST_F(CompletionTest, NamesTheBackendsOfThePoolThatIsNamed) {
  EXPECT_THAT(words({"set-backend", "--pool", "t", ""}), ElementsAre("BACKEND-of-t"));
  EXPECT_THAT(words({"remove-backend", "--pool=t", ""}), ElementsAre("BACKEND-of-t"));
}

TEST_F(CompletionTest, NamesOptionsOfTheVerbAndOfEveryVerb) {
  EXPECT_THAT(words({"remove-backend", "--dr"}), ElementsAre("--drain", "--dry-run"));
  EXPECT_THAT(words({"status", "--ta"}), ElementsAre("--target"));
  EXPECT_THAT(words({"status", "--"}), Not(Contains("--drain")));
}

TEST_F(CompletionTest, SkipsGlobalOptionsBeforeTheVerb) {
  EXPECT_THAT(words({"-o", "json", "remove-pool", ""}), ElementsAre("POOL-1", "POOL-2"));
}

TEST_F(CompletionTest, NamesColumnsOfTheVerb) {
  EXPECT_THAT(words({"workers", "--fields", "p"}), ElementsAre("pid", "problem"));
  EXPECT_THAT(words({"workers", "--fields", "worker,pid,p"}), ElementsAre("worker,pid,problem"));
  EXPECT_THAT(words({"workers", "--sort", "re"}), ElementsAre("respawns", "respawns:desc"));
  EXPECT_THAT(words({"add-pool", "--fields", ""}), IsEmpty());
}

TEST_F(CompletionTest, NamesFieldsThatHaveADefault) {
  EXPECT_THAT(words({"set-pool", "api", "--reset", "timeouts"}), Contains("timeouts.head"));
  EXPECT_THAT(words({"set-listener", ":80", "--reset", ""}), Contains("kernel.backlog"));
  EXPECT_THAT(words({"set-listener", ":80", "--reset", ""}), Not(Contains("address")));
}

// By the options that set them first: those are what people know.
TEST_F(CompletionTest, NamesFieldsByTheirOptionsAndThenByTheirPaths) {
  EXPECT_THAT(words({"set-pool", "api", "--reset", "head"}), ElementsAre("head-timeout"));
  EXPECT_THAT(words({"set-pool", "api", "--reset=head"}), ElementsAre("--reset=head-timeout"));
  EXPECT_THAT(words({"set-response", "--reset", ""}),
              ElementsAre("status", "content-type", "body", "body-size", "headers", "shaping", "content_type",
                          "body_size"));
  // The option --health is called as the section that it is in.
  EXPECT_THAT(words({"set-pool", "api", "--reset", "health"}),
              testing::IsSupersetOf({"health", "health.kind", "health-path", "health.path"}));
}

TEST_F(CompletionTest, NamesWhatHelpTellsOf) {
  EXPECT_THAT(words({"help", "co"}), ElementsAre("config", "completion", "columns"));
  EXPECT_THAT(words({"help", "config", "d"}), ElementsAre("diff"));
}

TEST_F(CompletionTest, OffersNoOptionThatTheVerbRefuses) {
  EXPECT_THAT(words({"top", "--"}), Not(Contains("--fields")));
  EXPECT_THAT(words({"events", "--"}), Not(Contains("--sort")));
  EXPECT_THAT(words({"workers", "--"}), Contains("--sort"));
}

TEST_F(CompletionTest, OffersNoConnectionWhereNoDaemonIsAskedButKnowsItsOptions) {
  EXPECT_THAT(words({"completion", "--"}), ElementsAre("--help"));
  EXPECT_THAT(words({"completion", "--timeout", "30s", "b"}), ElementsAre("bash"));
}

TEST_F(CompletionTest, AsksTheShellForFiles) {
  EXPECT_THAT(words({"stats", "--record", ""}), ElementsAre("\tFILE"));
  EXPECT_THAT(words({"config", "apply", ""}), ElementsAre("\tFILE"));
}

TEST_F(CompletionTest, HasNothingForFreeText) {
  EXPECT_THAT(words({"add-backend", ""}), IsEmpty());
  EXPECT_THAT(words({"set-response", "--text", "h"}), IsEmpty());
}

TEST_F(CompletionTest, OffersWhatTheVerbTakes) {
  EXPECT_THAT(words({"set-workers", ""}), ElementsAre("auto"));
  EXPECT_THAT(words({"backends", "-o", ""}), testing::AllOf(Contains("csv"), Not(Contains("toml"))));
  EXPECT_THAT(words({"add-pool", "x", "--output="}),
              ElementsAre("--output=table", "--output=json", "--output=jsonl"));
  EXPECT_THAT(words({"stats", "--fields", ""}), testing::AllOf(Contains("requests"), Not(Contains("req/s"))));
  EXPECT_THAT(words({"stats", "--watch", "--fields", ""}),
              testing::AllOf(Contains("req/s"), Not(Contains("requests"))));
  EXPECT_THAT(words({"stats", "--raw", "--count", "1", "--fields", ""}), Contains("requests"));
}

}  // namespace
}  // namespace demo::ctl
