#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

#include "control/admission/certificate_role.h"
#include "control/calls/status_map.h"
#include "control/messages/report_messages.h"
#include "demo/control/v1/error.pb.h"

namespace demo {
namespace {

namespace pb = control::v1;

TEST(StatusMap, GivesEachKindOfErrorItsOwnStatus) {
  std::set<int> codes;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    codes.insert(to_grpc_status({static_cast<ErrorCode>(code), "m", "", ""}).error_code());
  }
  EXPECT_EQ(codes.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
  EXPECT_FALSE(codes.contains(grpc::StatusCode::OK));
  EXPECT_FALSE(codes.contains(grpc::StatusCode::UNKNOWN));
}

TEST(StatusMap, DescribesTheFieldForTheStandardErrorModelToo) {
  const grpc::Status status =
      to_grpc_status(invalid("backend.weight", "9999", "backend.weight is too large"));
  pb::ErrorStatus details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), grpc::StatusCode::INVALID_ARGUMENT);
  ASSERT_EQ(details.details_size(), 2);
  pb::ErrorDetail detail;
  ASSERT_TRUE(details.details(0).UnpackTo(&detail));
  EXPECT_EQ(detail.field(), "backend.weight");
  EXPECT_EQ(detail.value(), "9999");
  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.BadRequest");
  pb::FieldViolations violations;
  ASSERT_TRUE(violations.ParseFromString(details.details(1).value()));
  EXPECT_EQ(violations.violations(0).field(), "backend.weight");
}

TEST(StatusMap, TellsTheFieldOfEachProblemThatAnErrorTellsOfTogether) {
  Error error = invalid("workers.count", "0", "one; other");
  error.parts = {invalid("workers.count", "0", "one"), invalid("client_timeouts.write", "-1ms", "other")};
  const grpc::Status status = to_grpc_status(error);
  EXPECT_EQ(status.error_message(), "one; other");
  pb::ErrorStatus details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  pb::FieldViolations violations;
  ASSERT_TRUE(violations.ParseFromString(details.details(1).value()));
  ASSERT_EQ(violations.violations_size(), 2);
  EXPECT_EQ(violations.violations(1).field(), "client_timeouts.write");
  EXPECT_EQ(violations.violations(1).description(), "other");
}

TEST(StatusMap, GivesASentenceThatSteersNoTerminal) {
  EXPECT_EQ(to_grpc_status({ErrorCode::kInternal, "unix:/a\n\x1b[2J", "", ""}).error_message(),
            "unix:/a\\x0a\\x1b[2J");
}

TEST(StatusMap, GivesDetailsThatCanBeReadOfWhatIsNoText) {
  const grpc::Status status = to_grpc_status(invalid("/caf\xe9", "\xff", "\xfe"));
  pb::ErrorStatus details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  pb::ErrorDetail detail;
  ASSERT_TRUE(details.details(0).UnpackTo(&detail));
  EXPECT_EQ(detail.field(), "/caf\\xe9");
  EXPECT_EQ(detail.value(), "\\xff");
  EXPECT_EQ(detail.reason(), "\\xfe");
}

TEST(StatusMap, KeepsTrailersWithinWhatClientsAccept) {
  std::string value;
  while (value.size() < 100'000) value += "\xc3\xa4";  // two bytes a letter
  const grpc::Status status = to_grpc_status(invalid(value, value, "x" + value));
  EXPECT_LT(status.error_details().size() * 4 / 3 + status.error_message().size(), 6000U);
  pb::ErrorStatus details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
}

TEST(StatusMap, TellsAsManyMistakesAsThereIsRoomFor) {
  std::vector<Error> mistakes;
  for (int i = 0; i < 1000; ++i) mistakes.push_back(invalid("f" + std::to_string(i), "v", "mistake"));
  const grpc::Status status = to_grpc_status(mistakes);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(status.error_message().starts_with("mistake; mistake; "));
  EXPECT_LT(status.error_details().size() * 4 / 3 + status.error_message().size(), 7000U);
  pb::ErrorStatus details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  pb::FieldViolations violations;
  ASSERT_TRUE(violations.ParseFromString(details.details(1).value()));
  const int told = violations.violations_size() - 1;
  EXPECT_GT(told, 100);
  EXPECT_EQ(violations.violations(1).field(), "f1");
  EXPECT_EQ(violations.violations(told).description(), "and more");
}

TEST(StatusMap, GivesTheFieldOfAFilesFirstMistakeToThatAlone) {
  const auto mistakes = mistakes_of(invalid("workers.count", "x", "f.toml:1:1: a\nf.toml:2:1: b"));
  ASSERT_EQ(mistakes.size(), 2U);
  EXPECT_EQ(mistakes[0].field, "workers.count");
  EXPECT_EQ(mistakes[1].message, "f.toml:2:1: b");
  EXPECT_EQ(mistakes[1].field, "");
  EXPECT_EQ(mistakes[1].value, "");
}

TEST(CertificateRole, ComesFromTheUriFirst) {
  const auto identity = identify_certificate({"spiffe://x/y", "demo-server:role:viewer"}, {"admin"});
  EXPECT_EQ(identity.role, Role::kViewer);
  EXPECT_EQ(identity.caller.name, "CN=admin");
  EXPECT_EQ(identify_certificate({"demo-server:role:admin"}, {}).caller.name, "URI=demo-server:role:admin");
  EXPECT_EQ(identify_certificate({"demo-server:role:admin"}, {}).role, Role::kAdmin);
}

TEST(CertificateRole, ComesFromTheCommonNameOtherwise) {
  EXPECT_EQ(identify_certificate({}, {"admin"}).role, Role::kAdmin);
  EXPECT_EQ(identify_certificate({}, {"admin:alice"}).role, Role::kAdmin);
  EXPECT_EQ(identify_certificate({}, {"viewer:grafana"}).role, Role::kViewer);
  EXPECT_EQ(identify_certificate({"spiffe://x"}, {"viewer"}).role, Role::kViewer);
}

TEST(CertificateRole, IsNoneForEveryoneElse) {
  EXPECT_FALSE(identify_certificate({}, {}).role);
  EXPECT_FALSE(identify_certificate({}, {"administrator"}).role);
  EXPECT_FALSE(identify_certificate({}, {"alice:admin"}).role);
  EXPECT_FALSE(identify_certificate({"demo-server:role:root"}, {"admin"}).role);
}

TEST(CertificateRole, IsTheSmallerOneOfTwo) {
  EXPECT_EQ(identify_certificate({"demo-server:role:admin", "demo-server:role:viewer"}, {}).role,
            Role::kViewer);
}

BackendReport backend_report(const char* address, HealthJudgement judgement) {
  BackendReport report;
  report.pool = "api";
  report.backend.endpoint = *Endpoint::parse("b:80");
  report.members.emplace_back().address = *Address::parse(address);
  report.members[0].judgement = report.judgement = std::move(judgement);
  return report;
}

StatusReport full_report() {
  StatusReport report;
  report.config.pools.push_back({});
  report.config.pools[0].name = "api";
  Listener listener;
  listener.address = *Address::parse("127.0.0.1:0");
  report.config.listeners = {listener};
  ListenerReport& reported = report.listeners.emplace_back();
  reported.listener = listener;
  reported.bound = *Address::parse("127.0.0.1:8080");
  reported.accept_mode = AcceptMode::kShared;
  reported.accept_mode_reason = "there is one socket";
  reported.options = {{"backlog", "9", "8", ""}};
  report.backends.push_back(backend_report("10.0.0.1:80", {Health::kDown, "down: connect refused", false}));
  report.backends[0].members[0].reason = "connect refused";
  report.backends.push_back(backend_report("10.0.0.2:80", {Health::kDraining, "draining", false}));
  report.backends[1].backend.state = BackendState::kDrain;
  report.backends.push_back(backend_report("10.0.0.3:80", {Health::kUp, "up", true}));
  WorkerReport worker;
  worker.index = 1;
  worker.state = WorkerState::kBackingOff;
  worker.respawns = 2;
  worker.last_exit = "killed by SIGKILL";
  report.workers.push_back(worker);
  WorkerReport stopped;
  stopped.state = WorkerState::kReady;
  stopped.trouble = "its loop stands still";
  report.workers.push_back(stopped);
  return report;
}

TEST(ReportMessages, CountsUsableBackends) {
  pb::GetStatusResponse response;
  write_status(full_report(), FileLook(), "1", response);
  EXPECT_EQ(response.backends(), 3U);
  EXPECT_EQ(response.backends_usable(), 1U);
  EXPECT_EQ(response.workers_ready(), 0U);
}

TEST(ReportMessages, TellListenersAsTheyAre) {
  pb::ListListenersResponse response;
  write_listeners(full_report(), response);
  EXPECT_EQ(response.listeners(0).listener().address(), "127.0.0.1:0");
  EXPECT_EQ(response.listeners(0).bound_address(), "127.0.0.1:8080");
  EXPECT_EQ(response.listeners(0).accept_mode(), pb::ACCEPT_MODE_SHARED);
  EXPECT_EQ(response.listeners(0).accept_mode_reason(), "there is one socket");
  EXPECT_EQ(response.listeners(0).options(0).effective().number_value(), 8);
}

TEST(ReportMessages, TellBackendsOfOnePool) {
  pb::ListBackendsResponse response;
  ASSERT_TRUE(write_backends(full_report(), "api", response));
  ASSERT_EQ(response.backends_size(), 3);
  EXPECT_EQ(response.backends(0).members(0).reason(), "connect refused");
  EXPECT_EQ(response.backends(0).health(), "down: connect refused");
  EXPECT_FALSE(response.backends(0).usable());
  EXPECT_EQ(response.backends(2).members(0).health(), "up");
  EXPECT_TRUE(response.backends(2).members(0).usable());
  EXPECT_EQ(response.backends(1).backend().state(), pb::BACKEND_STATE_DRAIN);
  EXPECT_EQ(write_backends(full_report(), "web", response).error().code, ErrorCode::kNotFound);
}

TEST(ReportMessages, TellWorkers) {
  pb::ListWorkersResponse response;
  write_workers(full_report(), response);
  EXPECT_EQ(response.workers(0).state(), pb::WORKER_STATE_BACKING_OFF);
  EXPECT_EQ(response.workers(0).last_exit(), "killed by SIGKILL");
  EXPECT_EQ(response.workers(0).respawns(), 2U);
}

TEST(ReportMessages, TellWhatIsTakenFromWorkers) {
  StatusReport report = full_report();
  pb::GetStatusResponse unknown;
  write_status(report, FileLook(), "1", unknown);
  EXPECT_FALSE(unknown.has_worker_confinement());
  report.workers[0].confinement = Confinement{true, true, true, false, 7, 990, {"one", "both"}};
  report.workers[1].confinement = Confinement{true, false, true, true, 4, 0, {"both", "other"}};
  pb::GetStatusResponse status;
  write_status(report, FileLook(), "1", status);
  const pb::WorkerConfinement& least = status.worker_confinement();
  EXPECT_TRUE(least.no_capabilities());
  EXPECT_FALSE(least.no_new_privileges());
  EXPECT_TRUE(least.no_dumps());
  EXPECT_FALSE(least.system_calls_filtered());
  EXPECT_EQ(least.landlock_abi(), 4U);
  EXPECT_EQ(least.uid(), 0U);
  EXPECT_THAT(least.problems(), testing::ElementsAre("one", "both", "other"));
  pb::ListWorkersResponse workers;
  write_workers(report, workers);
  EXPECT_EQ(workers.workers(0).confinement().landlock_abi(), 7U);
  EXPECT_EQ(workers.workers(0).confinement().uid(), 990U);
}

TEST(ReportMessages, CompareRunningSavedAndFile) {
  StatusReport report = full_report();
  pb::GetConfigResponse response;
  write_config(report, FileLook(), response);
  EXPECT_FALSE(response.has_saved());
  EXPECT_EQ(response.differences_from_saved_size(), 0);
  EXPECT_GT(response.differences_from_file_size(), 0);
  report.saved_config = report.config;
  FileLook look;
  look.config = report.config;
  pb::GetConfigResponse same;
  write_config(report, look, same);
  EXPECT_TRUE(same.has_saved());
  EXPECT_EQ(same.differences_from_file_size(), 0);
}

TEST(ReportMessages, TellHowTheFileStandsToWhatRuns) {
  StatusReport report = full_report();
  FileLook look{"/etc/demo-server.toml", report.config, ""};
  report.file_base = report.config;
  pb::GetStatusResponse same;
  write_status(report, look, "1", same);
  EXPECT_EQ(same.file().file(), "/etc/demo-server.toml");
  EXPECT_TRUE(same.file().equal());
  EXPECT_TRUE(same.file().base_known());
  look.config.max_connections = 5;
  look.config.response.status = 203;
  look.problem = "cannot be read\n";
  report.config.response.status = 204;
  pb::GetStatusResponse differs;
  write_status(report, look, "1", differs);
  EXPECT_FALSE(differs.file().equal());
  EXPECT_EQ(differs.file().differences(), 2U);
  EXPECT_EQ(differs.file().file_changes(), 2U);
  EXPECT_EQ(differs.file().runtime_changes(), 1U);
  EXPECT_EQ(differs.file().collisions(), 1U);
  EXPECT_EQ(differs.file().problem(), "cannot be read\\x0a");
  EXPECT_EQ(differs.problems_size(), same.problems_size());
}

TEST(ReportMessages, SayThatAnEmptiedFileIsNotTaken) {
  StatusReport report = full_report();
  report.degraded = false;
  report.file_base = report.config;
  FileLook look{"/f.toml", report.config, "it sets nothing, as a file that was emptied by mistake"};
  look.emptied = true;
  pb::GetStatusResponse response;
  write_status(report, look, "1", response);
  EXPECT_TRUE(response.degraded());
  EXPECT_EQ(response.file().file_changes(), 0U);
  EXPECT_THAT(
      response.problems(0),
      testing::StartsWith("/f.toml is not taken: it sets nothing, as a file that was emptied by mistake"));
}

TEST(ReportMessages, SayThatTheNextStartWouldFail) {
  StatusReport report = full_report();
  report.degraded = false;
  report.problems.clear();
  const FileLook look{"/etc/f.toml", report.config, "/etc/f.toml:3:1: unknown key \"x\"", true};
  pb::GetStatusResponse response;
  write_status(report, look, "1", response);
  EXPECT_TRUE(response.degraded());
  EXPECT_THAT(
      response.problems(),
      testing::ElementsAre("the next start would fail: /etc/f.toml:3:1: unknown key \"x\"; what runs goes "
                           "on: mend it before a restart (demo-server --config /etc/f.toml --check-config "
                           "tells all that is wrong)"));
}

TEST(ReportMessages, HaveEveryStateAsAFile) {
  StatusReport report = full_report();
  report.generation = 7;
  report.saved_config.emplace().max_connections = 5;
  FileLook look;
  look.config.max_connections = 6;
  pb::GetConfigResponse response;
  write_toml(report, look, "1.2", response);
  EXPECT_THAT(
      response.running_toml(),
      testing::AllOf(testing::StartsWith("# The running configuration (generation 7) of demo-server 1.2"),
                     testing::HasSubstr("[[pool]]\nname = \"api\"\n")));
  EXPECT_THAT(response.saved_toml(), testing::HasSubstr("\nmax_connections = 5 "));
  EXPECT_THAT(response.file_toml(), testing::HasSubstr("\nmax_connections = 6 "));
}

TEST(ReportMessages, TellWhatAFileCollidedWith) {
  FileOutcome outcome;
  outcome.merge.collisions = {{"pools.api.policy", "removed", "there"}};
  outcome.kept = {"max_connections: 0 -> 5"};
  outcome.change.generation = 9;
  pb::ApplyFileResponse response;
  write_file_outcome(outcome, true, response);
  EXPECT_EQ(response.result().generation(), 9U);
  EXPECT_TRUE(response.result().dry_run());
  EXPECT_EQ(response.collisions(0).path(), "pools.api.policy");
  EXPECT_EQ(response.collisions(0).file(), "removed");
  EXPECT_EQ(response.collisions(0).running(), "there");
  EXPECT_EQ(response.kept(0), "max_connections: 0 -> 5");
  EXPECT_TRUE(response.base_known());
}

TEST(ReportMessages, NameNobodyWhoAskedToThoseWhoMayOnlyWatch) {
  Event event;
  event.caller = "CN=alice";
  event.message = "generation 7, CN=alice: saved, as CN=alice wanted";
  pb::Event message;
  write_event(event, false, message);
  EXPECT_EQ(message.caller(), "");
  EXPECT_EQ(message.message(), "generation 7, an administrator: saved, as an administrator wanted");
  event.caller.clear();
  write_event(event, false, message);
  EXPECT_EQ(message.message(), event.message);
}

TEST(ReportMessages, TellEventsInFull) {
  Event event;
  event.sequence = 9;
  event.at = std::chrono::system_clock::time_point(std::chrono::milliseconds(1500));
  event.kind = EventKind::kWorkerDied;
  event.subject = "worker 1";
  event.message = "lost 3 connections";
  pb::Event message;
  write_event(event, true, message);
  EXPECT_EQ(message.at().seconds(), 1);
  EXPECT_EQ(message.at().nanos(), 500'000'000);
  EXPECT_EQ(message.kind(), pb::EVENT_KIND_WORKER_DIED);
  EXPECT_EQ(message.subject(), "worker 1");
  std::set<int> kinds;
  for (int kind = 0; kind <= static_cast<int>(EventKind::kWarning); ++kind) {
    kinds.insert(event_kind(static_cast<EventKind>(kind)));
  }
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(pb::EventKind_MAX));
}

}  // namespace
}  // namespace demo
