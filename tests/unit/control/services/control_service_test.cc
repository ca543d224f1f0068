#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <thread>

#include "unit/control/served_api.h"

namespace demo {
namespace {

namespace pb = control::v1;
using grpc::StatusCode;
using test::detail_of;
using test::patient;
using testing::HasSubstr;

class ControlApi : public testing::Test {
 protected:
  grpc::Status add_backend(const std::string& endpoint, pb::AddBackendRequest request = {}) {
    request.mutable_backend()->set_endpoint(endpoint);
    pb::AddBackendResponse response;
    const grpc::Status status = api.control->AddBackend(patient().get(), request, &response);
    result = response.result();
    return status;
  }

  StatsSample busy(std::uint64_t active) {
    StatsSample sample;
    sample.backends.push_back({"default", "10.0.0.3:80", "10.0.0.3:80", {}});
    sample.backends[0].figures.requests_active = active;
    return sample;
  }

  test::ServedApi api;
  pb::MutationResult result;
};

grpc::StatusCode code_of(const std::string& method, const std::string& socket,
                         const std::string& bytes = "") {
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::GenericStub stub(test::ServedApi::channel("unix:" + socket));
  const auto context = patient();
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(context.get(), method, request, &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  return status.error_code();
}

// A method whose request has neither a line in the mutation table nor a function of its own would not be.
TEST_F(ControlApi, ServesEveryMethodOfItsDescriptor) {
  const auto* const service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("demo.control.v1.Control");
  ASSERT_NE(service, nullptr);
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string method = "/demo.control.v1.Control/" + service->method(i)->name();
    EXPECT_NE(code_of(method, api.control_path()), StatusCode::UNIMPLEMENTED) << method;
    EXPECT_EQ(code_of(method, api.monitor_path()), StatusCode::UNIMPLEMENTED) << method;
  }
}

TEST_F(ControlApi, RefusesBytesThatAreNoRequest) {
  EXPECT_EQ(code_of("/demo.control.v1.Control/SetKeepalive", api.control_path(), "\xff\xff\xff"),
            StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(api.supervisor.changes().empty());
}

TEST_F(ControlApi, AppliesAChangeAndTellsWhatEachWorkerMadeOfIt) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  EXPECT_EQ(result.generation(), 2U);
  ASSERT_EQ(result.workers_size(), 2);
  EXPECT_TRUE(result.workers(0).applied());
  EXPECT_FALSE(result.workers(1).applied());
  EXPECT_EQ(result.workers(1).error(), "no answer");
  EXPECT_TRUE(result.persisted());
  EXPECT_GT(result.differences_size(), 0);
  ASSERT_EQ(api.supervisor.config().pools.size(), 1U);
  EXPECT_EQ(api.supervisor.config().pools[0].backends[0].endpoint.text, "10.0.0.3:80");
}

TEST_F(ControlApi, RecordsWhoAsked) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  const ChangeRequest change = api.supervisor.changes().at(0);
  EXPECT_EQ(change.description, "add-backend default 10.0.0.3:80");
  EXPECT_EQ(change.caller.uid, ::getuid());
  EXPECT_EQ(change.caller.gid, ::getgid());
  EXPECT_EQ(change.caller.pid, ::getpid());
  EXPECT_THAT(change.caller.name, HasSubstr("uid " + std::to_string(::getuid()) + " ("));
}

TEST_F(ControlApi, PassesTheOptionsOn) {
  pb::AddBackendRequest request;
  request.mutable_options()->set_persist(false);
  request.mutable_options()->set_dry_run(true);
  request.mutable_options()->set_expected_generation(1);
  ASSERT_TRUE(add_backend("10.0.0.3:80", request).ok());
  const ChangeRequest change = api.supervisor.changes().at(0);
  EXPECT_FALSE(change.persist);
  EXPECT_TRUE(change.dry_run);
  EXPECT_EQ(change.expected_generation, 1U);
  EXPECT_TRUE(result.dry_run());
  EXPECT_TRUE(api.supervisor.config().pools.empty());
}

TEST_F(ControlApi, PersistsByDefault) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  EXPECT_TRUE(api.supervisor.changes().at(0).persist);
  EXPECT_FALSE(api.supervisor.changes().at(0).expected_generation);
}

TEST_F(ControlApi, MapsEachKindOfErrorWithItsDetails) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  EXPECT_EQ(add_backend("10.0.0.3:80").error_code(), StatusCode::ALREADY_EXISTS);

  const grpc::Status bad = add_backend("10.0.0.3:0");
  EXPECT_EQ(bad.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(detail_of(bad).field(), "backend.endpoint");
  EXPECT_EQ(detail_of(bad).value(), "10.0.0.3:0");
  EXPECT_EQ(detail_of(bad).reason(), bad.error_message());

  EXPECT_EQ(detail_of(add_backend("")).field(), "backend.endpoint");

  pb::AddBackendRequest stale;
  stale.mutable_options()->set_expected_generation(99);
  EXPECT_EQ(add_backend("10.0.0.4:80", stale).error_code(), StatusCode::ABORTED);

  pb::RemoveBackendRequest remove;
  remove.set_endpoint("10.0.0.9:80");
  pb::RemoveBackendResponse removed;
  EXPECT_EQ(api.control->RemoveBackend(patient().get(), remove, &removed).error_code(),
            StatusCode::NOT_FOUND);

  pb::SaveConfigResponse saved;
  EXPECT_EQ(api.control->SaveConfig(patient().get(), {}, &saved).error_code(),
            StatusCode::FAILED_PRECONDITION);
}

TEST_F(ControlApi, IsIdempotentOnRequest) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  pb::AddBackendRequest again;
  again.set_if_not_exists(true);
  EXPECT_TRUE(add_backend("10.0.0.3:80", again).ok());
  pb::RemoveBackendRequest remove;
  remove.set_endpoint("10.0.0.9:80");
  remove.set_ignore_missing(true);
  pb::RemoveBackendResponse removed;
  EXPECT_TRUE(api.control->RemoveBackend(patient().get(), remove, &removed).ok());
  remove.mutable_drain_timeout()->set_seconds(5);
  remove.set_wait(true);
  EXPECT_TRUE(api.control->RemoveBackend(patient().get(), remove, &removed).ok());
}

TEST_F(ControlApi, TellsThePortThatTheKernelChose) {
  pb::AddListenerRequest request;
  request.mutable_listener()->set_address("127.0.0.1:0");
  pb::AddListenerResponse response;
  ASSERT_TRUE(api.control->AddListener(patient().get(), request, &response).ok());
  EXPECT_EQ(response.bound_address(), "127.0.0.1:4321");
}

TEST_F(ControlApi, RestartsOneWorkerOrAll) {
  pb::RestartWorkerRequest request;
  pb::RestartWorkerResponse response;
  ASSERT_TRUE(api.control->RestartWorker(patient().get(), request, &response).ok());
  request.set_worker(1);
  request.set_expected_generation(5);
  ASSERT_TRUE(api.control->RestartWorker(patient().get(), request, &response).ok());
  EXPECT_EQ(response.result().workers(0).worker(), 1U);
  EXPECT_EQ(api.supervisor.restarts().at(1).expected_generation, 5U);
  request.set_worker(7);
  EXPECT_EQ(api.control->RestartWorker(patient().get(), request, &response).error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_FALSE(api.supervisor.restarts().at(0).worker);
  EXPECT_FALSE(api.supervisor.restarts().at(0).expected_generation);
}

TEST_F(ControlApi, TellsOfAnUpgradeThatBeginsAndHowTheLastOneEnded) {
  pb::GetStatusResponse status;
  ASSERT_TRUE(api.monitor->GetStatus(patient().get(), pb::GetStatusRequest(), &status).ok());
  EXPECT_FALSE(status.has_upgrade());
  pb::UpgradeResponse response;
  ASSERT_TRUE(api.control->Upgrade(patient().get(), pb::UpgradeRequest(), &response).ok());
  EXPECT_EQ(response.number(), 1U);
  EXPECT_EQ(response.from_version(), "1.0");
  EXPECT_EQ(response.to_version(), "2.0");
  EXPECT_EQ(response.warnings(0), "counters begin anew");
  StatusReport report;
  report.upgrade = {3, "it was killed", "the next version rehearses"};
  api.supervisor.set_report(report);
  ASSERT_TRUE(api.monitor->GetStatus(patient().get(), pb::GetStatusRequest(), &status).ok());
  EXPECT_EQ(status.upgrade().number(), 3U);
  EXPECT_EQ(status.upgrade().failure(), "it was killed");
  EXPECT_EQ(status.upgrade().under_way(), "the next version rehearses");
}

TEST_F(ControlApi, ResetsAndAppliesWholeConfigurations) {
  pb::ApplyConfigRequest apply;
  pb::ApplyConfigResponse applied;
  EXPECT_EQ(detail_of(api.control->ApplyConfig(patient().get(), apply, &applied)).field(), "config");
  apply.mutable_config()->set_max_connections(7);
  ASSERT_TRUE(api.control->ApplyConfig(patient().get(), apply, &applied).ok());
  EXPECT_EQ(api.supervisor.config().max_connections, 7U);
  pb::ResetConfigResponse reset;
  ASSERT_TRUE(api.control->ResetConfig(patient().get(), {}, &reset).ok());
  EXPECT_EQ(api.supervisor.config(), Config{});
}

TEST_F(ControlApi, AppliesAFileWithTheSideThatWasChosen) {
  FileLook look;
  look.name = "/etc/demo-server.toml";
  look.config.max_connections = 7;
  api.supervisor.set_file(look);
  pb::ApplyFileRequest request;
  pb::ApplyFileResponse response;
  ASSERT_TRUE(api.control->ApplyFile(patient().get(), request, &response).ok());
  EXPECT_EQ(api.supervisor.config().max_connections, 7U);
  EXPECT_EQ(api.supervisor.changes().back().description, "config apply-file");
  EXPECT_EQ(response.kept(0), "/etc/demo-server.toml");
  look.config.max_connections = 8;
  api.supervisor.set_file(look);
  request.set_prefer(pb::MERGE_SIDE_FILE);
  request.set_text("max_connections = 8");
  request.set_name("new\n.toml");
  ASSERT_TRUE(api.control->ApplyFile(patient().get(), request, &response).ok());
  EXPECT_EQ(api.supervisor.config().max_connections, 8U);
  EXPECT_EQ(api.supervisor.changes().back().description, "config apply-file new\\x0a.toml");
  EXPECT_EQ(response.kept(0), "new\\x0a.toml: max_connections = 8");
  request.set_prefer(static_cast<pb::MergeSide>(9));
  EXPECT_EQ(detail_of(api.control->ApplyFile(patient().get(), request, &response)).field(), "prefer");
}

TEST_F(ControlApi, DrainsABackendBeforeItIsRemoved) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  api.supervisor.set_sample(busy(3));
  pb::RemoveBackendRequest request;
  request.set_endpoint("10.0.0.3:80");
  request.mutable_drain_timeout()->set_seconds(60);
  pb::RemoveBackendResponse response;
  ASSERT_TRUE(api.control->RemoveBackend(patient().get(), request, &response).ok());
  EXPECT_FALSE(response.drain().ended());
  EXPECT_EQ(response.drain().at_start(), 3U);
  EXPECT_EQ(api.supervisor.config().pools[0].backends[0].state, BackendState::kDrain);

  request.set_wait(true);
  auto waiting = std::async([&] { return api.control->RemoveBackend(patient().get(), request, &response); });
  api.supervisor.set_sample(busy(0));
  ASSERT_TRUE(waiting.get().ok());
  EXPECT_TRUE(response.drain().ended());
  EXPECT_EQ(response.drain().forced(), 0U);
  EXPECT_TRUE(api.supervisor.config().pools[0].backends.empty());
  for (const ChangeRequest& change : api.supervisor.changes()) EXPECT_FALSE(change.cut);
}

TEST_F(ControlApi, CutsOffWhatIsLeftAtTheDeadlineAndCountsIt) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  api.supervisor.set_sample(busy(2));
  pb::RemoveBackendRequest request;
  request.set_endpoint("10.0.0.3:80");
  request.mutable_drain_timeout()->set_nanos(50'000'000);
  request.set_wait(true);
  pb::RemoveBackendResponse response;
  ASSERT_TRUE(api.control->RemoveBackend(patient().get(), request, &response).ok());
  EXPECT_EQ(response.drain().forced(), 2U);
  ASSERT_TRUE(api.supervisor.changes().back().cut);
  EXPECT_EQ(api.supervisor.changes().back().cut->endpoint, "10.0.0.3:80");
}

TEST_F(ControlApi, WaitsForADrainedStateWithoutRemoving) {
  ASSERT_TRUE(add_backend("10.0.0.3:80").ok());
  api.supervisor.set_sample(busy(2));
  pb::UpdateBackendRequest request;
  request.mutable_backend()->set_endpoint("10.0.0.3:80");
  request.mutable_backend()->set_state(pb::BACKEND_STATE_DRAIN);
  request.mutable_drain_timeout()->set_nanos(50'000'000);
  request.set_wait(true);
  pb::UpdateBackendResponse response;
  ASSERT_TRUE(api.control->UpdateBackend(patient().get(), request, &response).ok());
  EXPECT_EQ(response.drain().remaining(), 2U);
  EXPECT_EQ(response.drain().forced(), 0U);
  EXPECT_GT(response.result().generation(), 0U);
  EXPECT_EQ(api.supervisor.config().pools[0].backends.size(), 1U);
}

TEST_F(ControlApi, RefusesADrainWithoutTime) {
  pb::RemoveBackendRequest request;
  request.set_endpoint("10.0.0.3:80");
  request.mutable_drain_timeout();
  pb::RemoveBackendResponse response;
  const grpc::Status status = api.control->RemoveBackend(patient().get(), request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(detail_of(status).field(), "drain_timeout");
  EXPECT_EQ(status.error_message(), "drain_timeout is \"0s\": must be from 1ms to 7d");
}

// As clients send it, not as the state calls it.
TEST_F(ControlApi, NamesTheFieldOfTheRequestThatBreaksARule) {
  pb::AddPoolRequest request;
  request.mutable_pool()->set_name("q");
  request.mutable_pool()->mutable_ejection()->mutable_base_time()->set_seconds(600);
  pb::AddPoolResponse response;
  const grpc::Status status = api.control->AddPool(patient().get(), request, &response);
  EXPECT_EQ(detail_of(status).field(), "pool.ejection.max_time");
  EXPECT_EQ(status.error_message(),
            "pool.ejection.max_time is \"5m\": must not be shorter than base_time, 10m");
}

TEST_F(ControlApi, AnswersCallsThatWaitWhenTheDaemonStops) {
  api.supervisor.stall();
  pb::SetLogLevelRequest request;
  request.set_level(pb::LOG_LEVEL_DEBUG);
  pb::SetLogLevelResponse response;
  auto waiting = std::async([&] { return api.control->SetLogLevel(patient().get(), request, &response); });
  while (!api.supervisor.stalled_with_work()) std::this_thread::yield();
  api.server->shutdown();
  EXPECT_EQ(waiting.get().error_code(), StatusCode::UNAVAILABLE);
  api.supervisor.resume();  // the late answer of the loop finds nobody, and harms nobody
}

TEST_F(ControlApi, TellsAClientWhoseTimePassedThatItsChangeWasDroppedBeforeItBegan) {
  api.supervisor.stall();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  pb::AddBackendRequest request;
  request.mutable_backend()->set_endpoint("10.0.0.3:80");
  pb::AddBackendResponse response;
  const grpc::Status status = api.control->AddBackend(&context, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(status.error_message(), HasSubstr("it was dropped, nothing changes"));
  api.supervisor.resume();
  ASSERT_TRUE(add_backend("10.0.0.4:80").ok());
  ASSERT_EQ(api.supervisor.config().pools[0].backends.size(), 1U);
  EXPECT_EQ(api.supervisor.config().pools[0].backends[0].endpoint.text, "10.0.0.4:80");
}

TEST_F(ControlApi, TellsAClientWhoseTimePassedThatItsChangeMayStillCome) {
  api.supervisor.begin_only();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  pb::AddBackendRequest request;
  request.mutable_backend()->set_endpoint("10.0.0.3:80");
  pb::AddBackendResponse response;
  const grpc::Status status = api.control->AddBackend(&context, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(status.error_message(), HasSubstr("it may still come into force"));
  api.supervisor.end_begun();
  ASSERT_TRUE(add_backend("10.0.0.4:80").ok());
  EXPECT_EQ(api.supervisor.config().pools[0].backends.size(), 2U);
}

TEST_F(ControlApi, DropsAChangeWhoseClientLeftBeforeItBegan) {
  api.supervisor.stall();
  const auto context = patient();
  pb::AddBackendRequest request;
  request.mutable_backend()->set_endpoint("10.0.0.3:80");
  pb::AddBackendResponse response;
  std::promise<grpc::Status> ended;
  api.control->async()->AddBackend(context.get(), &request, &response,
                                   [&](const grpc::Status& status) { ended.set_value(status); });
  while (api.supervisor.last_asker() == nullptr) std::this_thread::yield();
  context->TryCancel();
  EXPECT_EQ(ended.get_future().get().error_code(), StatusCode::CANCELLED);
  while (!api.supervisor.last_asker()->gone()) std::this_thread::yield();
  api.supervisor.resume();
  ASSERT_TRUE(add_backend("10.0.0.4:80").ok());
  EXPECT_EQ(api.supervisor.config().pools[0].backends.size(), 1U);
}

TEST_F(ControlApi, RefusesARequestBeyondTheSizeLimitAndServesOn) {
  pb::SetResponseRequest request;
  request.mutable_response()->set_body(std::string(5 * 1024 * 1024, 'x'));
  pb::SetResponseResponse response;
  EXPECT_EQ(api.control->SetResponse(patient().get(), request, &response).error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(add_backend("10.0.0.3:80").ok());
}

TEST_F(ControlApi, IsNotOfferedOnTheMonitorSocket) {
  const auto stub = pb::Control::NewStub(test::ServedApi::channel("unix:" + api.monitor_path()));
  pb::ResetConfigResponse response;
  EXPECT_EQ(stub->ResetConfig(patient().get(), {}, &response).error_code(), StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace demo
