#include "run.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "demo/control/v1/control.pb.h"
#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "invocation/output_buffer.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class RunTest : public DemoctlOfFakeDaemon {
 protected:
  static api::MutationResult result(std::uint64_t generation, unsigned workers, unsigned applied) {
    api::MutationResult result;
    result.set_generation(generation);
    for (unsigned i = 0; i < workers; ++i) {
      api::WorkerOutcome& worker = *result.add_workers();
      worker.set_worker(i);
      worker.set_applied(i < applied);
      if (i >= applied) worker.set_error("no answer within 5s");
    }
    return result;
  }

  void accept_backends(const api::MutationResult& result) {
    api::AddBackendResponse response;
    *response.mutable_result() = result;
    daemon_.answer("AddBackend", response);
  }
};

TEST_F(RunTest, PrintsGenerationAndAcknowledgements) {
  accept_backends(result(42, 12, 12));
  EXPECT_EQ(democtl({"add-backend", "10.0.0.3:80", "--weight", "5", "--pool", "api"}), 0);
  EXPECT_EQ(out_, "gen 42, 12/12 workers\n");
  const auto request = daemon_.request<api::AddBackendRequest>("AddBackend");
  EXPECT_EQ(request.pool(), "api");
  EXPECT_EQ(request.backend().endpoint(), "10.0.0.3:80");
  EXPECT_EQ(request.backend().weight(), 5U);
  EXPECT_FALSE(request.backend().has_backup());
}

TEST_F(RunTest, TellsWhichWorkersHaveNotAppliedAChange) {
  accept_backends(result(7, 2, 1));
  EXPECT_EQ(democtl({"add-backend", ":80"}), 5);
  EXPECT_EQ(out_, "gen 7, 1/2 workers\n");
  EXPECT_EQ(err_, "democtl: worker 1 has not applied it: no answer within 5s\n");
}

TEST_F(RunTest, WaitsForWorkersThatAreLate) {
  accept_backends(result(7, 2, 1));
  api::ListWorkersResponse list;
  api::WorkerStatus& worker = *list.add_workers();
  worker.set_state(api::WORKER_STATE_READY);
  worker.set_generation(7);
  daemon_.answer("ListWorkers", list);
  EXPECT_EQ(democtl({"add-backend", ":80", "--wait"}), 0);
  EXPECT_THAT(out_, HasSubstr("all workers have it now"));
}

TEST_F(RunTest, TellsWhatALateWorkerCouldNotApplyAndWaitsForNoneThatLeaves) {
  accept_backends(result(7, 2, 1));
  api::ListWorkersResponse list;
  api::WorkerStatus& worker = *list.add_workers();
  worker.set_state(api::WORKER_STATE_READY);
  worker.set_generation(7);
  worker.add_problems("no descriptor for it");
  list.add_workers()->set_state(api::WORKER_STATE_DRAINING);
  daemon_.answer("ListWorkers", list);
  EXPECT_EQ(democtl({"add-backend", ":80", "--wait"}), 5);
  EXPECT_EQ(out_, "gen 7, 1/2 workers\n");
  EXPECT_EQ(err_, "democtl: worker 0 has not applied it: no descriptor for it\n");
}

TEST_F(RunTest, StopsWaitingAtTheTimeout) {
  accept_backends(result(7, 2, 1));
  api::ListWorkersResponse list;
  list.add_workers()->set_generation(6);
  daemon_.answer("ListWorkers", list);
  EXPECT_EQ(democtl({"add-backend", ":80", "--wait", "--timeout", "300ms"}), 8);
}

TEST_F(RunTest, PrintsWhatADryRunWouldChange) {
  api::MutationResult dry = result(3, 0, 0);
  dry.set_dry_run(true);
  dry.add_differences("pools.default.backends: + 10.0.0.3:80");
  accept_backends(dry);
  EXPECT_EQ(democtl({"add-backend", "10.0.0.3:80", "--dry-run", "--expect-generation", "3", "--no-persist"}),
            0);
  EXPECT_EQ(out_, "pools.default.backends: + 10.0.0.3:80\ndry run at gen 3, nothing changed\n");
  const auto options = daemon_.request<api::AddBackendRequest>("AddBackend").options();
  EXPECT_TRUE(options.dry_run());
  EXPECT_EQ(options.expected_generation(), 3U);
  EXPECT_TRUE(options.has_persist());
  EXPECT_FALSE(options.persist());
}

TEST_F(RunTest, ExitsWithTheCodeOfTheRefusal) {
  daemon_.refuse("AddBackend", grpc::StatusCode::ALREADY_EXISTS, "pool default has 10.0.0.3:80 already");
  EXPECT_EQ(democtl({"add-backend", "10.0.0.3:80"}), 4);
  EXPECT_EQ(err_, "democtl: pool default has 10.0.0.3:80 already\n");
  daemon_.refuse("AddBackend", grpc::StatusCode::INVALID_ARGUMENT, "no port", "backend.endpoint", "10.0.0.3");
  EXPECT_EQ(democtl({"add-backend", "10.0.0.3"}), 2);
  EXPECT_EQ(err_, "democtl: ENDPOINT: \"10.0.0.3\": no port\n");
  daemon_.refuse("RemoveBackend", grpc::StatusCode::NOT_FOUND, "no such backend");
  EXPECT_EQ(democtl({"remove-backend", "10.0.0.3:80"}), 3);
  daemon_.refuse("RemoveBackend", grpc::StatusCode::PERMISSION_DENIED, "viewers may not change anything");
  EXPECT_EQ(democtl({"remove-backend", "10.0.0.3:80"}), 7);
  daemon_.refuse("RemoveBackend", grpc::StatusCode::ABORTED, "generation 4 is past 3");
  EXPECT_EQ(democtl({"remove-backend", "10.0.0.3:80"}), 4);
}

TEST_F(RunTest, TellsWhichSocketDoesNotAnswer) {
  daemon_.stop();
  EXPECT_EQ(democtl({"status"}), 6);
  EXPECT_THAT(err_, HasSubstr(daemon_.path()));
  EXPECT_EQ(out_, "");
}

TEST_F(RunTest, TakesTheTargetFromTheEnvironment) {
  daemon_.answer("WhoAmI", api::WhoAmIResponse());
  ::setenv("DEMOCTL_TARGET", daemon_.target().c_str(), 1);
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err};
  EXPECT_EQ(run({"whoami"}, console), 0) << err.str();
  EXPECT_EQ(run({"--target", "unix:///nowhere.sock", "whoami"}, console), 6);
  ::unsetenv("DEMOCTL_TARGET");
}

TEST_F(RunTest, UnderstandsTheUsualWaysToAskForHelp) {
  EXPECT_EQ(democtl({"add-backend", "--help"}), 0);
  const std::string help = out_;
  EXPECT_THAT(help, HasSubstr("democtl add-backend ENDPOINT [OPTIONS]"));
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err};
  EXPECT_EQ(run({"help", "add-backend"}, console), 0);
  EXPECT_EQ(out.str(), help);
  EXPECT_EQ(run({}, console), 2);
  EXPECT_THAT(err.str(), HasSubstr("add-backend"));
  EXPECT_THAT(err.str(), HasSubstr("democtl: a verb is missing: they are listed above\n"));
}

TEST_F(RunTest, ReportsADrainThatLostSomethingOrWasLeftBehind) {
  api::RemoveBackendResponse response;
  *response.mutable_result() = result(9, 1, 1);
  response.mutable_drain()->set_ended(true);
  response.mutable_drain()->set_at_start(10);
  response.mutable_drain()->set_lost(2);
  daemon_.answer("RemoveBackend", response);
  EXPECT_EQ(democtl({"remove-backend", ":80", "--drain", "2s", "--wait"}), 8);
  EXPECT_THAT(out_, HasSubstr("drained: 2 of 10 in flight were lost with their worker\n"));
  response.mutable_drain()->set_forced(3);
  daemon_.answer("RemoveBackend", response);
  EXPECT_EQ(democtl({"remove-backend", ":80", "--drain", "2s", "--wait"}), 8);
  EXPECT_THAT(out_, HasSubstr("drained: 3 of 10 in flight were cut off, 2 were lost with their worker\n"));
  api::UpdateBackendResponse waited;
  *waited.mutable_result() = result(9, 1, 1);
  waited.mutable_drain()->set_ended(true);
  waited.mutable_drain()->set_at_start(3);
  waited.mutable_drain()->set_remaining(3);
  daemon_.answer("UpdateBackend", waited);
  EXPECT_EQ(democtl({"set-backend", ":80", "--state", "drain", "--wait"}), 8);
  EXPECT_THAT(out_, HasSubstr("draining: 3 of 3 still in flight\n"));
}

TEST_F(RunTest, ReportsADrainThatHadToCutOff) {
  api::RemoveBackendResponse response;
  *response.mutable_result() = result(9, 1, 1);
  response.mutable_drain()->set_ended(true);
  response.mutable_drain()->set_at_start(10);
  response.mutable_drain()->set_forced(3);
  daemon_.answer("RemoveBackend", response);
  EXPECT_EQ(democtl({"remove-backend", ":80", "--drain", "2s", "--wait"}), 8);
  EXPECT_EQ(out_, "gen 9, 1/1 workers\ndrained: 3 of 10 in flight were cut off\n");
  const auto request = daemon_.request<api::RemoveBackendRequest>("RemoveBackend");
  EXPECT_TRUE(request.wait());
  EXPECT_EQ(request.drain_timeout().seconds(), 2);
}

TEST_F(RunTest, SetsBothSidesOfKeepalive) {
  api::SetKeepaliveResponse response;
  *response.mutable_result() = result(2, 1, 1);
  daemon_.answer("SetKeepalive", response);
  EXPECT_EQ(democtl({"keepalive", "on", "--side", "both", "--idle-timeout", "15s", "--max-requests", "9"}),
            0);
  const auto request = daemon_.request<api::SetKeepaliveRequest>("SetKeepalive");
  EXPECT_TRUE(request.client().enabled());
  EXPECT_EQ(request.client().max_requests(), 9U);
  EXPECT_TRUE(request.backend().enabled());
  EXPECT_EQ(request.backend().idle_timeout().seconds(), 15);
  EXPECT_EQ(democtl({"keepalive", "off"}), 0);
  EXPECT_FALSE(daemon_.request<api::SetKeepaliveRequest>("SetKeepalive").has_backend());
}

TEST_F(RunTest, SendsAJsonBodyWithItsContentType) {
  api::SetResponseResponse response;
  *response.mutable_result() = result(2, 1, 1);
  daemon_.answer("SetResponse", response);
  EXPECT_EQ(democtl({"set-response", "--json", "{\"hello\":\"world\"}", "--header", "X-A: b"}), 0);
  const auto sent = daemon_.request<api::SetResponseRequest>("SetResponse").response();
  EXPECT_EQ(sent.body(), "{\"hello\":\"world\"}");
  EXPECT_EQ(sent.content_type(), "application/json");
  EXPECT_EQ(sent.headers(0).name(), "X-A");
  EXPECT_EQ(sent.headers(0).value(), "b");
}

// Who resets the type does not want that of --json.
TEST_F(RunTest, SendsAJsonBodyWithoutItsContentTypeWhereThatIsReset) {
  api::SetResponseResponse response;
  *response.mutable_result() = result(2, 1, 1);
  daemon_.answer("SetResponse", response);
  for (const char* name : {"content_type", "content-type", "--content-type"}) {
    EXPECT_EQ(democtl({"set-response", "--json", "{}", "--reset", name}), 0) << err_;
    const auto sent = daemon_.request<api::SetResponseRequest>("SetResponse");
    EXPECT_EQ(sent.response().body(), "{}");
    EXPECT_FALSE(sent.response().has_content_type()) << name;
    EXPECT_THAT(sent.reset_fields(), testing::ElementsAre("content_type"));
  }
}

TEST_F(RunTest, RefusesCommandsThatChangeNothing) {
  for (const char* verb : {"set-backend", "set-pool", "set-listener"}) {
    EXPECT_EQ(democtl({verb, "x:80"}), 2) << verb;
    EXPECT_THAT(err_, HasSubstr("name what to change"));
  }
}

TEST_F(RunTest, ListsBackendsInEveryForm) {
  api::ListBackendsResponse response;
  api::BackendStatus& status = *response.add_backends();
  status.set_pool("default");
  status.mutable_backend()->set_endpoint("10.0.0.3:80");
  status.mutable_backend()->set_state(api::BACKEND_STATE_READY);
  status.mutable_backend()->set_weight(1);
  status.set_health("down: connect refused");
  daemon_.answer("ListBackends", response);
  EXPECT_EQ(democtl({"backends", "--fields", "endpoint,health"}), 0);
  EXPECT_EQ(out_, "ENDPOINT     HEALTH\n10.0.0.3:80  down: connect refused\n");
  EXPECT_EQ(democtl({"backends", "-o", "csv", "--fields", "pool,weight"}), 0);
  EXPECT_EQ(out_, "pool,weight\ndefault,1\n");
  EXPECT_EQ(democtl({"backends", "-o", "jsonl", "--fields", "endpoint,weight"}), 0);
  EXPECT_EQ(out_, "{\"endpoint\":\"10.0.0.3:80\",\"weight\":1}\n");
  EXPECT_EQ(democtl({"backends", "-o", "json"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"state\": \"ready\""));
  EXPECT_THAT(out_, HasSubstr("\"generation\": 0"));
}

TEST_F(RunTest, ShowsWhatIsWrongInStatus) {
  api::GetStatusResponse status;
  status.set_version("0.1.0");
  status.set_degraded(true);
  status.add_problems("worker 1 dies at start");
  daemon_.answer("GetStatus", status);
  EXPECT_EQ(democtl({"status"}), 0);
  EXPECT_THAT(out_, HasSubstr("state:          degraded\n"));
  EXPECT_THAT(out_, HasSubstr("! worker 1 dies at start\n"));
}

TEST_F(RunTest, EndsAWatchWhoseSamplesDoNotComeInTime) {
  api::WatchStatsResponse sample;
  sample.mutable_sample()->set_monotonic_ns(1'000'000'000);
  daemon_.fall_silent("WatchStats", {});
  const std::vector<std::string> watch{"--timeout", "200ms",   "stats", "--watch", "--interval",
                                       "100ms",     "--count", "2",     "-o",      "csv"};
  EXPECT_EQ(democtl(watch), 8);
  daemon_.fall_silent("WatchStats", {&sample, &sample});
  EXPECT_EQ(democtl(watch), 8);
  EXPECT_THAT(err_, HasSubstr("did not answer in time (--timeout)"));
  daemon_.fall_silent("WatchEvents", {});
  EXPECT_EQ(democtl({"--timeout", "200ms", "events"}), 8);
}

TEST_F(RunTest, SaysOfAChangeWithoutAnAnswerThatItMayStillCome) {
  daemon_.fall_silent("AddBackend", {});
  EXPECT_EQ(democtl({"--timeout", "200ms", "add-backend", "10.0.0.3:80"}), 8);
  EXPECT_THAT(err_, HasSubstr("the change may still come into force"));
  daemon_.fall_silent("ListBackends", {});
  EXPECT_EQ(democtl({"--timeout", "200ms", "backends"}), 8);
  EXPECT_THAT(err_, Not(HasSubstr("may still")));
}

TEST_F(RunTest, FailsWithASentenceWhenItsOutputCannotBeWritten) {
  api::WatchStatsResponse sample;
  daemon_.fall_silent("WatchStats", {&sample, &sample, &sample});
  daemon_.answer("ListBackends", api::ListBackendsResponse());
  accept_backends(result(42, 12, 12));
  const std::vector<std::vector<std::string>> commands{{"--help"},
                                                       {"backends", "--help"},
                                                       {"--version"},
                                                       {"completion", "zsh"},
                                                       {"backends"},
                                                       {"__man"},
                                                       {"backends", "-o", "json"},
                                                       {"add-backend", "10.0.0.3:80"},
                                                       {"stats", "--watch"}};
  for (std::vector<std::string> words : commands) {
    const int disk = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    OutputBuffer full(disk, false);
    std::ostream out(&full);
    std::ostringstream err;
    Console console{.out = out, .err = err};
    console.write_error = [&full] {
      errno = 0;  // as what ran since the write may have left it
      return full.error();
    };
    const std::string verb = words.front();
    if (verb != "--version") words.insert(words.begin(), {"--target", daemon_.target()});
    EXPECT_EQ(run(words, console), 1) << verb;
    const std::string done = verb == "add-backend" ? "; the change is in force (gen 42)" : "";
    EXPECT_EQ(err.str(), "democtl: standard output cannot be written: No space left on device" + done + "\n");
    ::close(disk);
  }
}

TEST_F(RunTest, NamesTheLineOfARecordingThatIsNoSample) {
  const std::string file = testing::TempDir() + "broken.jsonl";
  std::ofstream(file) << "{}\nnonsense\n";
  EXPECT_EQ(democtl({"stats", "--replay", file}), 2);
  EXPECT_THAT(err_, HasSubstr(file + ":2:2: not a recorded sample: no JSON: "));
  std::remove(file.c_str());
}

TEST_F(RunTest, PrintsTheLastEvents) {
  std::vector<api::WatchEventsResponse> events(3);
  for (std::size_t i = 0; i < events.size(); ++i) {
    api::Event& event = *events[i].mutable_event();
    event.set_sequence(i + 1);
    event.set_kind(api::EVENT_KIND_WORKER_DIED);
    event.set_subject("worker 2");
    event.set_message("killed by SIGKILL");
  }
  daemon_.answer("WatchEvents", {&events[0], &events[1], &events[2]});
  EXPECT_EQ(
      democtl({"events", "--last", "1", "--kind", "worker-died", "-o", "jsonl", "--fields", "sequence,kind"}),
      0);
  EXPECT_EQ(out_, "{\"sequence\":3,\"kind\":\"worker-died\"}\n");
  EXPECT_EQ(daemon_.request<api::WatchEventsRequest>("WatchEvents").kinds(0), api::EVENT_KIND_WORKER_DIED);
}

TEST_F(RunTest, FailsWithASentenceWhenWhatItReadsIsNoFile) {
  // Opened well, and read(2) fails.
  const std::vector<std::vector<std::string>> all = {
      {"config", "apply", "/tmp"}, {"set-response", "--file", "/tmp"}, {"stats", "--replay", "/tmp"}};
  for (const auto& words : all) {
    EXPECT_EQ(democtl(words), 2) << words[0];
    EXPECT_THAT(err_, HasSubstr("/tmp cannot be read")) << words[0];
  }
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err};
  EXPECT_EQ(run({"--target", "127.0.0.1:1", "--tls-ca", "/tmp", "--tls-cert", "/tmp", "--tls-key", "/tmp",
                 "status"},
                console),
            2);
  EXPECT_THAT(err.str(), HasSubstr("--tls-ca /tmp cannot be read: Is a directory"));
}

TEST_F(RunTest, CompletesLiveNames) {
  api::ListPoolsResponse pools;
  pools.add_pools()->set_name("api");
  pools.add_pools()->set_name("db");
  daemon_.answer("ListPools", pools);
  EXPECT_EQ(democtl({"__complete", "--", "--target", daemon_.target(), "remove-pool", "a"}), 0);
  EXPECT_EQ(out_, "api\n");
}

}  // namespace
}  // namespace demo::ctl
