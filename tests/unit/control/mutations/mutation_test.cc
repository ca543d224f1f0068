#include "control/mutations/mutation.h"

#include <gmock/gmock.h>

#include "config/backend.h"
#include "demo/control/v1/control.pb.h"

namespace demo {
namespace {

namespace pb = control::v1;

// What the request makes of the configuration.
template <typename Request>
Config applied(const Request& request, const Config& before = {}) {
  const Result<Mutation> mutation = mutation_of(request);
  EXPECT_TRUE(mutation) << mutation.error().message;
  if (!mutation) return before;
  const Result<Config> after = mutation->change(before);
  EXPECT_TRUE(after) << after.error().message;
  return after ? *after : before;
}

template <typename Request>
std::string refused_field(const Request& request) {
  const Result<Mutation> mutation = mutation_of(request);
  EXPECT_FALSE(mutation);
  if (mutation) return "";
  EXPECT_EQ(mutation.error().code, ErrorCode::kInvalidArgument);
  return mutation.error().field;
}

Config with_backend() {
  pb::AddBackendRequest request;
  request.mutable_backend()->set_endpoint("10.0.0.3:80");
  request.mutable_backend()->set_weight(5);
  return applied(request);
}

Config with_listener() {
  pb::AddListenerRequest request;
  request.mutable_listener()->set_address(":81");
  request.mutable_listener()->set_accept_mode(pb::ACCEPT_MODE_SHARED);
  return applied(request);
}

TEST(Mutation, AddsTopologyWithDefaults) {
  EXPECT_EQ(with_backend().pools.at(0).name, "default");
  EXPECT_EQ(with_backend().pools.at(0).backends.at(0).weight, 5U);
  EXPECT_EQ(with_listener().listeners.at(0).address.to_string(), "0.0.0.0:81");
  EXPECT_EQ(with_listener().listeners.at(0).mode, ListenerMode::kAuto);
  pb::AddPoolRequest pool;
  pool.mutable_pool()->set_name("api");
  pool.mutable_pool()->add_backends()->set_endpoint("10.0.0.4:80");
  EXPECT_EQ(applied(pool).pools.at(0).backends.size(), 1U);
}

// Adds what is there already: the message of a refusal, empty when it is left as it is.
template <typename Request>
std::string told_of_existing(Request request, const Config& before) {
  request.set_if_not_exists(true);
  const Result<Mutation> mutation = mutation_of(request);
  EXPECT_TRUE(mutation);
  const Result<Config> after = mutation->change(before);
  if (after) {
    EXPECT_EQ(*after, before);
    return "";
  }
  EXPECT_EQ(after.error().code, ErrorCode::kAlreadyExists);
  return after.error().message;
}

TEST(Mutation, LeavesWhatExistsOnlyWhenItIsAsAskedFor) {
  pb::AddListenerRequest listener;
  listener.mutable_listener()->set_address(":81");
  EXPECT_EQ(told_of_existing(listener, with_listener()), "");
  listener.mutable_listener()->set_accept_mode(pb::ACCEPT_MODE_SHARED);
  EXPECT_EQ(told_of_existing(listener, with_listener()), "");
  listener.mutable_listener()->set_mode(pb::LISTENER_MODE_TCP);
  EXPECT_THAT(told_of_existing(listener, with_listener()), testing::HasSubstr("not as asked for"));
  EXPECT_THAT(told_of_existing(listener, with_listener()), testing::HasSubstr("mode: auto -> tcp"));
  pb::AddBackendRequest backend;
  backend.mutable_backend()->set_endpoint("10.0.0.3:80");
  EXPECT_EQ(told_of_existing(backend, with_backend()), "");
  backend.mutable_backend()->set_weight(6);
  EXPECT_THAT(told_of_existing(backend, with_backend()), testing::HasSubstr("weight: 5 -> 6"));
  pb::AddPoolRequest pool;
  pool.mutable_pool()->set_name("default");
  EXPECT_EQ(told_of_existing(pool, with_backend()), "");
  pool.mutable_pool()->set_policy(pb::BALANCE_POLICY_URI_HASH);
  EXPECT_THAT(told_of_existing(pool, with_backend()), testing::HasSubstr("policy: round-robin -> uri-hash"));
}

TEST(Mutation, TellsDurationsAsPeopleWriteThem) {
  const auto told = [](std::int64_t seconds, std::int32_t nanos) {
    pb::AddListenerRequest request;
    request.mutable_listener()->set_address(":81");
    auto& duration = *request.mutable_listener()->mutable_kernel()->mutable_defer_accept();
    duration.set_seconds(seconds);
    duration.set_nanos(nanos);
    return mutation_of(request).error().message;
  };
  EXPECT_EQ(told(0, 500'000'000),
            "listener.kernel.defer_accept is \"500ms\": must be whole seconds, from 0s to 32767s");
  EXPECT_THAT(told(1, 500'000'000), testing::HasSubstr("\"1500ms\""));
  EXPECT_THAT(told(1, 5'000), testing::HasSubstr("\"1s5us\""));
}

TEST(Mutation, UpdatesOnlyWhatIsSet) {
  pb::UpdateBackendRequest request;
  request.mutable_backend()->set_endpoint("10.0.0.3:80");
  request.mutable_backend()->set_backup(true);
  const Config after = applied(request, with_backend());
  EXPECT_EQ(after.pools.at(0).backends.at(0).weight, 5U);
  EXPECT_TRUE(after.pools.at(0).backends.at(0).backup);
}

TEST(Mutation, ResetsBeforeItSets) {
  pb::UpdateListenerRequest request;
  request.mutable_listener()->set_address(":81");
  request.mutable_listener()->set_mode(pb::LISTENER_MODE_SERVER);
  request.add_reset_fields("accept_mode");
  request.add_reset_fields("mode");
  const Config after = applied(request, with_listener());
  EXPECT_FALSE(after.listeners.at(0).accept_mode);
  EXPECT_EQ(after.listeners.at(0).mode, ListenerMode::kServer);
  request.add_reset_fields("address");
  EXPECT_EQ(refused_field(request), "reset_fields");
}

TEST(Mutation, UpdatesAPoolButNotItsBackends) {
  pb::UpdatePoolRequest request;
  request.mutable_pool()->set_name("default");
  request.mutable_pool()->set_policy(pb::BALANCE_POLICY_URI_HASH);
  const Config after = applied(request, with_backend());
  EXPECT_EQ(after.pools.at(0).policy, BalancePolicy::kUriHash);
  EXPECT_EQ(after.pools.at(0).backends.size(), 1U);
  request.mutable_pool()->add_backends()->set_endpoint("10.0.0.9:80");
  EXPECT_EQ(refused_field(request), "pool.backends");
}

TEST(Mutation, RemovesTopology) {
  pb::RemoveListenerRequest listener;
  listener.set_address("0.0.0.0:81");
  EXPECT_TRUE(applied(listener, with_listener()).listeners.empty());
  pb::RemovePoolRequest pool;
  pool.set_name("default");
  EXPECT_TRUE(applied(pool, with_backend()).pools.empty());
  pb::RemoveBackendRequest backend;
  backend.set_endpoint("10.0.0.3:80");
  EXPECT_TRUE(applied(backend, with_backend()).pools.at(0).backends.empty());
}

TEST(Mutation, NamesTheFieldThatIsMissing) {
  EXPECT_EQ(refused_field(pb::AddListenerRequest()), "listener.address");
  EXPECT_EQ(refused_field(pb::RemoveListenerRequest()), "address");
  EXPECT_EQ(refused_field(pb::UpdateListenerRequest()), "listener.address");
  EXPECT_EQ(refused_field(pb::AddBackendRequest()), "backend.endpoint");
  EXPECT_EQ(refused_field(pb::RemoveBackendRequest()), "endpoint");
  EXPECT_EQ(refused_field(pb::UpdateBackendRequest()), "backend.endpoint");
  EXPECT_EQ(refused_field(pb::AddPoolRequest()), "pool.name");
  EXPECT_EQ(refused_field(pb::RemovePoolRequest()), "name");
  EXPECT_EQ(refused_field(pb::UpdatePoolRequest()), "pool.name");
  EXPECT_EQ(refused_field(pb::SetKeepaliveRequest()), "client");
  EXPECT_EQ(refused_field(pb::SetAcceptModeRequest()), "mode");
  EXPECT_EQ(refused_field(pb::SetWorkersRequest()), "count");
  EXPECT_EQ(refused_field(pb::SetResponseRequest()), "response");
  EXPECT_EQ(refused_field(pb::SetForwardingRequest()), "forwarding");
  EXPECT_EQ(refused_field(pb::SetClientLimitsRequest()), "timeouts");
  EXPECT_EQ(refused_field(pb::SetLogLevelRequest()), "level");
}

TEST(Mutation, NamesTheFieldThatIsWrong) {
  pb::RemoveListenerRequest listener;
  listener.set_address("nonsense");
  EXPECT_EQ(refused_field(listener), "address");
  pb::UpdateBackendRequest backend;
  backend.mutable_backend()->set_endpoint("10.0.0.3:80");
  backend.mutable_backend()->set_state(pb::BACKEND_STATE_UNSPECIFIED);
  EXPECT_EQ(refused_field(backend), "backend.state");
  pb::SetKeepaliveRequest keepalive;
  keepalive.mutable_backend()->mutable_idle_timeout()->set_seconds(-1);
  EXPECT_EQ(refused_field(keepalive), "backend.idle_timeout");
  pb::SetLogLevelRequest level;
  level.set_level(static_cast<pb::LogLevel>(42));
  EXPECT_EQ(refused_field(level), "level");
  pb::SetAcceptModeRequest mode;
  mode.set_mode(static_cast<pb::AcceptMode>(42));
  EXPECT_EQ(refused_field(mode), "mode");
}

TEST(Mutation, ChangesKeepaliveOfOneSide) {
  pb::SetKeepaliveRequest request;
  request.mutable_client()->set_enabled(true);
  request.mutable_client()->set_max_requests(9);
  const Config after = applied(request);
  EXPECT_TRUE(after.client_keepalive.enabled);
  EXPECT_EQ(after.client_keepalive.max_requests, 9U);
  EXPECT_EQ(after.client_keepalive.idle_timeout, ClientKeepalive{}.idle_timeout);
  EXPECT_EQ(after.backend_keepalive, BackendKeepalive{});
  EXPECT_EQ(mutation_of(request)->description, "keepalive client on");
}

TEST(Mutation, ChangesTheAcceptModeOfTheDaemonOrOfOneListener) {
  pb::SetAcceptModeRequest request;
  request.set_mode(pb::ACCEPT_MODE_EXCLUSIVE);
  EXPECT_EQ(applied(request).accept_mode, AcceptMode::kExclusive);
  request.set_listener(":81");
  const Config one = applied(request, with_listener());
  EXPECT_EQ(one.accept_mode, AcceptMode::kReuseport);
  EXPECT_EQ(one.listeners.at(0).accept_mode, AcceptMode::kExclusive);
  request.set_use_default(true);
  EXPECT_EQ(refused_field(request), "mode");
  request.clear_mode();
  EXPECT_FALSE(applied(request, one).listeners.at(0).accept_mode);
  request.clear_listener();
  EXPECT_EQ(refused_field(request), "listener");
}

TEST(Mutation, PlansWorkers) {
  pb::SetWorkersRequest cores;
  cores.add_cores(3);
  cores.add_cores(1);
  const Config explicit_cores = applied(cores);
  EXPECT_EQ(explicit_cores.workers.cores, (std::vector<unsigned>{3, 1}));

  pb::SetWorkersRequest count;
  count.set_count(4);
  const Config four = applied(count, explicit_cores);
  EXPECT_TRUE(four.workers.cores.empty());
  EXPECT_EQ(four.workers.count, 4U);

  pb::SetWorkersRequest start;
  start.set_start_core(2);
  EXPECT_EQ(applied(start, four).workers.count, 4U);
  EXPECT_EQ(applied(start, four).workers.start_core, 2U);

  pb::SetWorkersRequest automatic;
  automatic.set_automatic(true);
  EXPECT_EQ(applied(automatic, four).workers, WorkerPlan{});
}

TEST(Mutation, RefusesContradictoryWorkerPlans) {
  pb::SetWorkersRequest request;
  request.set_count(0);
  EXPECT_EQ(refused_field(request), "count");
  request.set_count(1);
  request.set_automatic(true);
  EXPECT_EQ(refused_field(request), "cores");
  request.set_automatic(false);
  request.add_cores(1);
  EXPECT_EQ(refused_field(request), "cores");
}

TEST(Mutation, ATextBodyReplacesAGeneratedOne) {
  pb::SetResponseRequest request;
  request.mutable_response()->set_body_size(1000);
  Config config = applied(request);
  EXPECT_EQ(config.response.body_size, 1000U);
  pb::SetResponseRequest text;
  text.mutable_response()->set_body("hello");
  auto& header = *text.mutable_response()->add_headers();
  header.set_name("X-A");
  header.set_value("b");
  config = applied(text, config);
  EXPECT_EQ(config.response.body_size, 0U);
  EXPECT_EQ(config.response.body, "hello");
  ASSERT_EQ(config.response.headers.size(), 1U);
  pb::SetResponseRequest reset;
  reset.add_reset_fields("headers");
  EXPECT_TRUE(applied(reset, config).response.headers.empty());
}

TEST(Mutation, ChangesSingleSettings) {
  pb::SetForwardingRequest forwarding;
  forwarding.mutable_forwarding()->set_via(true);
  EXPECT_TRUE(applied(forwarding).forwarding.via);
  pb::SetClientLimitsRequest limits;
  limits.mutable_timeouts()->mutable_head()->set_seconds(3);
  limits.set_max_connections(10);
  EXPECT_EQ(applied(limits).client_timeouts.head, std::chrono::seconds(3));
  EXPECT_EQ(applied(limits).client_timeouts.body, ClientTimeouts{}.body);
  EXPECT_EQ(applied(limits).max_connections, 10U);
  pb::SetLogLevelRequest level;
  level.set_level(pb::LOG_LEVEL_DEBUG);
  EXPECT_EQ(applied(level).log_level, LogLevel::kDebug);
}

}  // namespace
}  // namespace demo
