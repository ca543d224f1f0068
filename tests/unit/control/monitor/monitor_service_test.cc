#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <future>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "stats/histogram.h"
#include "unit/control/served_api.h"

namespace demo {
namespace {

namespace pb = control::v1;
using grpc::StatusCode;
using test::detail_of;
using test::patient;

StatsSample sample_of(std::uint64_t requests) {
  StatsSample sample;
  sample.monotonic_ns = requests;
  sample.workers.resize(1);
  sample.workers[0].alive = true;
  sample.workers[0].figures.requests = requests;
  sample.workers[0].service_time.resize(Histogram::kBuckets);
  sample.workers[0].service_time[5] = requests;
  return sample;
}

class MonitorApi : public testing::Test {
 protected:
  test::ServedApi api;
};

TEST_F(MonitorApi, TellsTheStatusOnBothSockets) {
  StatusReport report;
  report.degraded = true;
  report.problems = {"worker 1 backs off"};
  report.config_source = "file";
  report.workers.resize(2);
  report.workers[0].state = WorkerState::kReady;
  api.supervisor.set_report(report);
  for (auto* stub : {api.monitor.get(), api.monitor_only.get()}) {
    pb::GetStatusResponse response;
    ASSERT_TRUE(stub->GetStatus(patient().get(), {}, &response).ok());
    EXPECT_EQ(response.version(), "1.2.3");
    EXPECT_TRUE(response.degraded());
    EXPECT_EQ(response.problems(0), "worker 1 backs off");
    EXPECT_EQ(response.workers(), 2U);
    EXPECT_EQ(response.workers_ready(), 1U);
    EXPECT_EQ(response.accept_mode(), pb::ACCEPT_MODE_REUSEPORT);
    EXPECT_FALSE(response.persistent());
  }
}

TEST_F(MonitorApi, SaysWhoIsCallingAndWhatThatMayDo) {
  pb::WhoAmIResponse response;
  ASSERT_TRUE(api.monitor->WhoAmI(patient().get(), {}, &response).ok());
  EXPECT_EQ(response.role(), pb::ROLE_ADMIN);
  EXPECT_EQ(response.uid(), ::getuid());
  EXPECT_EQ(response.gid(), ::getgid());
  EXPECT_EQ(response.pid(), ::getpid());
  ASSERT_TRUE(api.monitor_only->WhoAmI(patient().get(), {}, &response).ok());
  EXPECT_EQ(response.role(), pb::ROLE_VIEWER);
}

TEST_F(MonitorApi, ListsOnePoolOrSaysThatThereIsNone) {
  pb::ListBackendsRequest request;
  pb::ListBackendsResponse response;
  EXPECT_TRUE(api.monitor->ListBackends(patient().get(), request, &response).ok());
  request.set_pool("api");
  EXPECT_EQ(api.monitor->ListBackends(patient().get(), request, &response).error_code(),
            StatusCode::NOT_FOUND);
}

TEST_F(MonitorApi, StreamsACompleteSampleThenChanges) {
  api.supervisor.set_sample(sample_of(1));
  pb::WatchStatsRequest request;
  request.mutable_interval()->set_nanos(100'000'000);
  auto context = patient();
  auto stream = api.monitor->WatchStats(context.get(), request);
  pb::WatchStatsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.sample().complete());
  EXPECT_EQ(response.sample().workers(0).figures().requests(), 1U);
  EXPECT_TRUE(response.sample().workers(0).figures().has_timeouts());
  api.supervisor.set_sample(sample_of(2));
  do {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_FALSE(response.sample().complete());
  } while (response.sample().workers().empty());
  EXPECT_EQ(response.sample().workers(0).figures().requests(), 2U);
  EXPECT_FALSE(response.sample().workers(0).figures().has_timeouts());
  ASSERT_EQ(response.sample().workers(0).service_time().buckets_size(), 1);
  EXPECT_EQ(response.sample().workers(0).service_time().buckets(0).index(), 5U);
  EXPECT_EQ(response.sample().total().requests(), 2U);
  context->TryCancel();
}

TEST_F(MonitorApi, RefusesAbsurdIntervalsAndSelections) {
  const auto refusal = [&](const pb::WatchStatsRequest& request) {
    auto context = patient();
    auto stream = api.monitor->WatchStats(context.get(), request);
    pb::WatchStatsResponse response;
    EXPECT_FALSE(stream->Read(&response));
    const grpc::Status status = stream->Finish();
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    return detail_of(status).field();
  };
  pb::WatchStatsRequest request;
  request.mutable_interval()->set_nanos(99'000'000);
  EXPECT_EQ(refusal(request), "interval");
  request.mutable_interval()->set_seconds(3601);
  EXPECT_EQ(refusal(request), "interval");
  request.mutable_interval()->set_seconds(-1);
  EXPECT_EQ(refusal(request), "interval");
  request.clear_interval();
  request.mutable_selection()->add_parts(static_cast<pb::StatsPart>(99));
  EXPECT_EQ(refusal(request), "selection.parts");
  request.mutable_selection()->clear_parts();
  request.mutable_selection()->add_listeners("nonsense");
  EXPECT_EQ(refusal(request), "selection.listeners");
}

TEST_F(MonitorApi, LeavesSamplesOutForAClientThatDoesNotRead) {
  StatsSample big = sample_of(1);  // large enough that few of them fill the flow-control window
  big.workers.resize(200, big.workers[0]);
  for (std::size_t i = 0; i < big.workers.size(); ++i) {
    big.workers[i].index = static_cast<unsigned>(i);
    std::fill(big.workers[i].service_time.begin(), big.workers[i].service_time.end(), 1);
  }
  api.supervisor.set_sample(big);
  pb::WatchStatsRequest request;
  request.mutable_interval()->set_nanos(100'000'000);
  request.set_always_complete(true);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, -1);
  const auto stub = pb::Monitor::NewStub(
      grpc::CreateCustomChannel("unix:" + api.control_path(), grpc::InsecureChannelCredentials(), arguments));
  auto context = patient();
  auto stream = stub->WatchStats(context.get(), request);
  const unsigned before = api.supervisor.samples_taken();
  while (api.supervisor.samples_taken() < before + 10) std::this_thread::yield();
  pb::WatchStatsResponse response;
  std::uint32_t skipped = 0;
  for (int i = 0; i < 8 && skipped == 0; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    skipped += response.sample().skipped();
  }
  EXPECT_GT(skipped, 0U);
  context->TryCancel();
}

TEST_F(MonitorApi, ServesAThousandWatchersFromOneSampleATick) {
  api.supervisor.set_sample(sample_of(1));
  pb::WatchStatsRequest request;
  request.mutable_interval()->set_nanos(100'000'000);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<pb::WatchStatsResponse>>> streams;
  for (int i = 0; i < 1000; ++i) {
    contexts.push_back(patient());
    streams.push_back(api.monitor->WatchStats(contexts.back().get(), request));
  }
  pb::WatchStatsResponse response;
  for (auto& stream : streams) ASSERT_TRUE(stream->Read(&response));
  const unsigned before = api.supervisor.samples_taken();
  for (auto& stream : streams) ASSERT_TRUE(stream->Read(&response));
  EXPECT_LT(api.supervisor.samples_taken() - before, 200U);
  pb::GetStatusResponse status;
  EXPECT_TRUE(api.monitor_only->GetStatus(patient().get(), {}, &status).ok());
  for (auto& context : contexts) context->TryCancel();
}

TEST_F(MonitorApi, ReplaysEventsAndEnds) {
  for (int i = 0; i < 5; ++i) {
    Event event;
    event.kind = i % 2 == 0 ? EventKind::kWarning : EventKind::kBackendUp;
    event.message = std::to_string(i);
    api.supervisor.events().publish(event);
  }
  pb::WatchEventsRequest request;
  request.set_after_sequence(1);
  request.add_kinds(pb::EVENT_KIND_WARNING);
  auto context = patient();
  auto stream = api.monitor_only->WatchEvents(context.get(), request);
  pb::WatchEventsResponse response;
  std::vector<std::string> messages;
  while (stream->Read(&response)) messages.push_back(response.event().message());
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(messages, (std::vector<std::string>{"2", "4"}));
}

TEST_F(MonitorApi, TellsInWordsThatArriveOfWhatIsNoText) {
  Event event;
  event.subject = "file caf\xe9";
  event.message = "/caf\xe9 cannot be read";
  event.caller = "CN=\xff";
  api.supervisor.events().publish(event);
  pb::WatchEventsRequest request;
  request.set_after_sequence(0);
  auto context = patient();
  auto stream = api.monitor->WatchEvents(context.get(), request);
  pb::WatchEventsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.event().subject(), "file caf\\xe9");
  EXPECT_EQ(response.event().message(), "/caf\\xe9 cannot be read");
  EXPECT_EQ(response.event().caller(), "CN=\\xff");
  context->TryCancel();
}

TEST_F(MonitorApi, TellsOnTheMonitorSocketThatSomethingWasChangedAndNotByWhom) {
  Event event;
  event.message = "generation 2, uid 7 (alice): add-pool web";
  event.caller = "uid 7 (alice)";
  api.supervisor.events().publish(event);
  pb::WatchEventsRequest request;
  request.set_after_sequence(0);
  const auto seen = [&](pb::Monitor::Stub& stub) {
    auto context = patient();
    pb::WatchEventsResponse response;
    const auto stream = stub.WatchEvents(context.get(), request);
    EXPECT_TRUE(stream->Read(&response));
    context->TryCancel();
    return response.event();
  };
  EXPECT_EQ(seen(*api.monitor).caller(), event.caller);
  EXPECT_EQ(seen(*api.monitor).message(), event.message);
  EXPECT_EQ(seen(*api.monitor_only).caller(), "");
  EXPECT_EQ(seen(*api.monitor_only).message(), "generation 2, an administrator: add-pool web");
}

TEST_F(MonitorApi, ListsInWordsThatArriveWhatIsNoText) {
  StatusReport report;
  report.workers.resize(1);
  report.workers[0].last_exit = "exit \xff";
  report.workers[0].problems = {"/caf\xe9"};
  report.backends.resize(1);
  report.backends[0].members.resize(1);
  report.backends[0].members[0].reason = "said \xff";
  api.supervisor.set_report(report);
  pb::ListWorkersResponse workers;
  ASSERT_TRUE(api.monitor->ListWorkers(patient().get(), {}, &workers).ok());
  EXPECT_EQ(workers.workers(0).last_exit(), "exit \\xff");
  EXPECT_EQ(workers.workers(0).problems(0), "/caf\\xe9");
  pb::ListBackendsResponse backends;
  ASSERT_TRUE(api.monitor->ListBackends(patient().get(), {}, &backends).ok());
  EXPECT_EQ(backends.backends(0).members(0).reason(), "said \\xff");
}

TEST_F(MonitorApi, FollowsEvents) {
  api.supervisor.events().publish({});
  pb::WatchEventsRequest request;
  request.set_after_sequence(0);
  request.set_follow(true);
  auto context = patient();
  auto stream = api.monitor->WatchEvents(context.get(), request);
  pb::WatchEventsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.event().sequence(), 1U);
  Event event;
  event.caller = "uid 0 (root)";
  event.generation = 7;
  api.supervisor.events().publish(event);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.event().sequence(), 2U);
  EXPECT_EQ(response.event().caller(), "uid 0 (root)");
  EXPECT_EQ(response.event().generation(), 7U);
  context->TryCancel();
}

// What fills every window of a client that does not read, and the backlog behind it.
void publish_too_much(EventLog& events) {
  Event event;
  event.message = std::string(EventLog::kTextBytes, 'x');
  for (std::size_t i = 0; i < 2 * limits::kEventBacklog; ++i) events.publish(event);
}

TEST_F(MonitorApi, EndsAnEventWatcherThatIsTooFarBehind) {
  pb::WatchEventsRequest request;
  request.set_after_sequence(0);
  request.set_follow(true);
  // Whose windows do not grow: what the client's library takes unread is bounded.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const auto client = pb::Monitor::NewStub(
      grpc::CreateCustomChannel("unix:" + api.control_path(), grpc::InsecureChannelCredentials(), arguments));
  auto context = patient();
  auto stream = client->WatchEvents(context.get(), request);
  api.supervisor.events().publish({});
  pb::WatchEventsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  publish_too_much(api.supervisor.events());
  std::size_t read = 1;
  while (stream->Read(&response)) ++read;
  EXPECT_LT(read, limits::kEventBacklog);
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("reads too slowly"));
}

TEST_F(MonitorApi, AnEventWatcherThatIsTooFarBehindLeavesItsPlaceThoughItReadsNothing) {
  constexpr std::size_t kMost = 1024;  // streams of one user at one endpoint
  Event started;
  started.kind = EventKind::kWorkerStarted;
  api.supervisor.events().publish(started);
  pb::WatchEventsRequest request;
  request.set_after_sequence(0);
  request.set_follow(true);
  const auto another = pb::Monitor::NewStub(test::ServedApi::channel("unix:" + api.monitor_path()));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<pb::WatchEventsResponse>>> streams;
  const auto watch = [&] {
    pb::Monitor::Stub& stub = contexts.size() % 2 == 0 ? *another : *api.monitor_only;
    contexts.push_back(patient());
    streams.push_back(stub.WatchEvents(contexts.back().get(), request));
    pb::WatchEventsResponse response;
    return streams.back()->Read(&response);
  };
  // All but one do not fall behind: nothing of that kind comes any more.
  request.add_kinds(pb::EVENT_KIND_WORKER_STARTED);
  for (std::size_t i = 0; i + 1 < kMost; ++i) ASSERT_TRUE(watch());
  request.clear_kinds();
  ASSERT_TRUE(watch());
  ASSERT_FALSE(watch());
  publish_too_much(api.supervisor.events());
  request.set_follow(false);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  bool watching = false;
  while (!watching && std::chrono::steady_clock::now() < deadline) watching = watch();
  EXPECT_TRUE(watching);
  for (auto& context : contexts) context->TryCancel();
}

TEST_F(MonitorApi, EndsStreamsWhenTheDaemonStops) {
  pb::WatchStatsRequest request;
  auto context = patient();
  auto stream = api.monitor->WatchStats(context.get(), request);
  pb::WatchStatsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  api.server->shutdown();
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(MonitorApi, SurvivesClientsThatSpeakNoHttp2) {
  for (int i = 0; i < 200; ++i) {
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const Address address = *Address::parse("unix:" + api.monitor_path());
    ASSERT_EQ(::connect(fd.get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
    const std::string garbage = i % 2 == 0 ? "GET / HTTP/1.1\r\n\r\n" : std::string(300, '\xff');
    ASSERT_EQ(::send(fd.get(), garbage.data(), garbage.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(garbage.size()));
  }
  pb::GetStatusResponse response;
  EXPECT_TRUE(api.monitor_only->GetStatus(patient().get(), {}, &response).ok());
}

}  // namespace
}  // namespace demo
