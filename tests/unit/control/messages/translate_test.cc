#include "control/messages/translate.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include "config/message_size.h"
#include "demo/control/v1/config.pb.h"
#include "unit/control/filled_message.h"

namespace demo {
namespace {

namespace pb = control::v1;
using google::protobuf::util::MessageDifferencer;

template <typename Message, typename Value>
void expect_round_trip() {
  Message filled;
  test::fill_message(filled);
  Value value{};
  const Status applied = apply_message(filled, "", value);
  ASSERT_TRUE(applied) << applied.error().message;
  Message written;
  to_message(value, written);
  std::string difference;
  MessageDifferencer differencer;
  // What the daemon decided is told and saved, never taken from a caller.
  differencer.IgnoreField(pb::Listener::descriptor()->FindFieldByName("auto_forwards"));
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(filled, written)) << difference;
}

TEST(Translate, CarriesEveryFieldBothWays) {
  expect_round_trip<pb::Config, Config>();
  expect_round_trip<pb::WorkerPlan, WorkerPlan>();
  expect_round_trip<pb::ClientKeepalive, ClientKeepalive>();
  expect_round_trip<pb::BackendKeepalive, BackendKeepalive>();
  expect_round_trip<pb::ClientTimeouts, ClientTimeouts>();
  expect_round_trip<pb::Response, Response>();
  expect_round_trip<pb::Forwarding, Forwarding>();
  expect_round_trip<pb::Listener, Listener>();
  expect_round_trip<pb::Backend, Backend>();
  expect_round_trip<pb::Pool, Pool>();
}

// Every limit of a state's size is held against the estimate.
TEST(Translate, MakesNoMessageThatIsLargerThanItsEstimate) {
  pb::Config filled;
  test::fill_message(filled);
  Config config;
  ASSERT_TRUE(apply_message(filled, "", config));
  config.response.body = std::string(100'000, 'x');
  config.response.headers = {{"X-A", "b"}, {"X-B", std::string(300, 'c')}};
  for (unsigned i = 0; i < 250; ++i) config.pools.push_back(config.pools.front());
  pb::Config message;
  to_message(config, message);
  EXPECT_GE(message_size(config), message.ByteSizeLong());
  EXPECT_LE(message_size(config), 2 * message.ByteSizeLong());
}

TEST(Translate, CarriesEveryValueOfEveryEnum) {
  for (int number = pb::AcceptMode_MIN + 1; number <= pb::AcceptMode_MAX; ++number) {
    pb::Config message;
    message.set_accept_mode(static_cast<pb::AcceptMode>(number));
    Config config;
    ASSERT_TRUE(apply_message(message, "", config));
    pb::Config back;
    to_message(config, back);
    EXPECT_EQ(back.accept_mode(), message.accept_mode());
  }
  const auto check_pool = [](auto set, auto get, int max) {
    for (int number = 1; number <= max; ++number) {
      pb::Pool message, back;
      set(message, number);
      Pool pool;
      ASSERT_TRUE(apply_message(message, "", pool));
      to_message(pool, back);
      EXPECT_EQ(get(back), number);
    }
  };
  check_pool([](pb::Pool& p, int n) { p.set_policy(static_cast<pb::BalancePolicy>(n)); },
             [](const pb::Pool& p) { return static_cast<int>(p.policy()); }, pb::BalancePolicy_MAX);
  check_pool([](pb::Pool& p, int n) { p.mutable_health()->set_kind(static_cast<pb::HealthCheckKind>(n)); },
             [](const pb::Pool& p) { return static_cast<int>(p.health().kind()); }, pb::HealthCheckKind_MAX);
  check_pool([](pb::Pool& p, int n) { p.set_send_proxy_protocol(static_cast<pb::SendProxyProtocol>(n)); },
             [](const pb::Pool& p) { return static_cast<int>(p.send_proxy_protocol()); },
             pb::SendProxyProtocol_MAX);
  check_pool(
      [](pb::Pool& p, int n) {
        p.add_backends()->set_endpoint("a:1");
        p.mutable_backends(0)->set_state(static_cast<pb::BackendState>(n));
      },
      [](const pb::Pool& p) { return static_cast<int>(p.backends(0).state()); }, pb::BackendState_MAX);
}

TEST(Translate, WritesEveryFieldOfADefaultConfigurationButUnsetOnes) {
  pb::Config message;
  to_message(Config{}, message);
  EXPECT_TRUE(message.has_accept_mode());
  EXPECT_TRUE(message.client_keepalive().has_enabled());
  EXPECT_EQ(message.client_keepalive().idle_timeout().seconds(), 60);
  EXPECT_FALSE(message.workers().has_count());
}

TEST(Translate, LeavesWhatIsNotSet) {
  Backend backend;
  backend.weight = 7;
  backend.backup = true;
  pb::Backend message;
  message.set_max_connections(3);
  ASSERT_TRUE(apply_message(message, "backend", backend));
  EXPECT_EQ(backend.weight, 7U);
  EXPECT_TRUE(backend.backup);
  EXPECT_EQ(backend.max_connections, 3U);
}

TEST(Translate, TakesADurationAsAWhole) {
  ClientKeepalive keepalive;
  keepalive.idle_timeout = std::chrono::milliseconds(1500);
  pb::ClientKeepalive message;
  message.mutable_idle_timeout()->set_seconds(2);
  ASSERT_TRUE(apply_message(message, "client", keepalive));
  EXPECT_EQ(keepalive.idle_timeout, std::chrono::milliseconds(2000));
}

template <typename Message, typename Value>
Error refusal(const Message& message, Value value) {
  const Status applied = apply_message(message, "request", value);
  EXPECT_FALSE(applied);
  return applied ? Error{} : applied.error();
}

TEST(Translate, NamesTheFieldOfABadAddress) {
  pb::Listener message;
  message.set_address("10.0.0.1:99999");
  const Error error = refusal(message, Listener{});
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.field, "request.address");
  EXPECT_EQ(error.value, "10.0.0.1:99999");
}

TEST(Translate, NamesTheElementOfAList) {
  pb::Config message;
  message.add_pools()->set_name("a");
  message.mutable_pools(0)->add_backends()->set_endpoint("10.0.0.1:80");
  message.mutable_pools(0)->add_backends()->set_endpoint("nonsense");
  EXPECT_EQ(refusal(message, Config{}).field, "request.pools[0].backends[1].endpoint");
  message.mutable_pools(0)->mutable_backends(1)->clear_endpoint();
  EXPECT_EQ(refusal(message, Config{}).field, "request.pools[0].backends[1].endpoint");
}

TEST(Translate, RefusesUnspecifiedAndUnknownEnums) {
  pb::Listener message;
  message.set_mode(pb::LISTENER_MODE_UNSPECIFIED);
  EXPECT_EQ(refusal(message, Listener{}).field, "request.mode");
  message.set_mode(static_cast<pb::ListenerMode>(77));
  const Error error = refusal(message, Listener{});
  EXPECT_EQ(error.field, "request.mode");
  EXPECT_EQ(error.value, "77");
}

TEST(Translate, RefusesAbsurdDurations) {
  const auto refused = [](std::int64_t seconds, std::int32_t nanos) {
    pb::PoolTimeouts timeouts;
    pb::Pool message;
    message.mutable_timeouts()->mutable_connect()->set_seconds(seconds);
    message.mutable_timeouts()->mutable_connect()->set_nanos(nanos);
    return refusal(message, Pool{}).field == "request.timeouts.connect";
  };
  EXPECT_TRUE(refused(-1, 0));
  EXPECT_TRUE(refused(0, -1));
  EXPECT_TRUE(refused(0, 1'000'000'000));
  EXPECT_TRUE(refused(INT64_MAX, 0));
  EXPECT_TRUE(refused(1, 1));  // not a whole millisecond
}

TEST(Translate, RefusesFractionsOfTheUnitOfASocketOption) {
  pb::KernelOptions kernel;
  pb::Listener message;
  message.mutable_kernel()->mutable_defer_accept()->set_nanos(500'000'000);
  EXPECT_EQ(refusal(message, Listener{}).field, "request.kernel.defer_accept");
  message.mutable_kernel()->mutable_defer_accept()->set_nanos(0);
  message.mutable_kernel()->mutable_defer_accept()->set_seconds(5'000'000'000);
  EXPECT_EQ(refusal(message, Listener{}).field, "request.kernel.defer_accept");
}

TEST(Translate, CountsBusyPollInMicroseconds) {
  pb::Listener message;
  message.mutable_kernel()->mutable_busy_poll()->set_nanos(50'000);
  Listener listener;
  ASSERT_TRUE(apply_message(message, "", listener));
  EXPECT_EQ(listener.kernel.busy_poll_us, 50);
}

TEST(ResetField, PutsBackOneValueOrAPart) {
  Pool pool;
  pool.queue_limit = 1;
  pool.timeouts.connect = std::chrono::milliseconds(1);
  pool.timeouts.head = std::chrono::milliseconds(1);
  ASSERT_TRUE(reset_field("timeouts.connect", pool));
  EXPECT_EQ(pool.timeouts.connect, PoolTimeouts{}.connect);
  EXPECT_EQ(pool.timeouts.head, std::chrono::milliseconds(1));
  ASSERT_TRUE(reset_field("timeouts", pool));
  EXPECT_EQ(pool.timeouts, PoolTimeouts{});
  EXPECT_EQ(pool.queue_limit, 1U);
}

TEST(ResetField, UnsetsASocketOption) {
  Listener listener;
  listener.kernel.busy_poll_us = 50;
  ASSERT_TRUE(reset_field("kernel.busy_poll", listener));
  EXPECT_FALSE(listener.kernel.busy_poll_us);
}

TEST(ResetField, RefusesUnknownPathsAndIdentities) {
  Pool pool;
  EXPECT_EQ(reset_field("colour", pool).error().field, "reset_fields");
  EXPECT_EQ(reset_field("timeouts.colour", pool).error().value, "timeouts.colour");
  EXPECT_FALSE(reset_field("policy.x", pool));
  EXPECT_FALSE(reset_field("", pool));
  EXPECT_FALSE(reset_field("name", pool));
  EXPECT_FALSE(reset_field("backends", pool));
  Listener listener;
  EXPECT_FALSE(reset_field("address", listener));
  Backend backend;
  EXPECT_FALSE(reset_field("endpoint", backend));
}

}  // namespace
}  // namespace demo
