#include "config/changes.h"

#include <gmock/gmock.h>

#include <string>

#include "base/limits.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Address address(const char* text) { return *Address::parse(text); }

Listener listener(const char* text, ListenerMode mode = ListenerMode::kAuto) {
  Listener result;
  result.address = address(text);
  result.mode = mode;
  return result;
}

Backend backend(const char* text) {
  Backend result;
  result.endpoint = *Endpoint::parse(text);
  return result;
}

Pool pool(std::string name) {
  Pool result;
  result.name = std::move(name);
  return result;
}

// One listener on :80, the pool "default" with 10.0.0.3:80.
Config base() {
  Config config;
  config.listeners = {listener(":80")};
  config.pools = {pool("default")};
  config.pools[0].backends = {backend("10.0.0.3:80")};
  return config;
}

ErrorCode code_of(const Result<Config>& result) {
  EXPECT_FALSE(result);
  return result ? ErrorCode::kInternal : result.error().code;
}

TEST(Lookups, FindByIdentity) {
  const Config config = base();
  EXPECT_EQ(find_listener(config, address("0.0.0.0:80")), &config.listeners[0]);
  EXPECT_EQ(find_listener(config, address(":81")), nullptr);
  EXPECT_EQ(find_pool(config, "default"), &config.pools[0]);
  EXPECT_EQ(find_pool(config, "Default"), nullptr);
  EXPECT_EQ(find_backend(config.pools[0], "10.0.0.3:80"), &config.pools[0].backends[0]);
  EXPECT_EQ(find_backend(config.pools[0], "10.0.0.3:81"), nullptr);
}

TEST(AddListener, AppendsAndLeavesTheOldStateAlone) {
  const Config from = base();
  const auto to = add_listener(listener(":81"))(from);
  ASSERT_TRUE(to);
  EXPECT_THAT(to->listeners, SizeIs(2));
  EXPECT_THAT(from.listeners, SizeIs(1));
}

TEST(AddListener, FailsOrDoesNothingWhenTheAddressIsTaken) {
  const auto to = add_listener(listener("0.0.0.0:80", ListenerMode::kRaw))(base());
  EXPECT_EQ(code_of(to), ErrorCode::kAlreadyExists);
  EXPECT_EQ(to.error().value, "0.0.0.0:80");
  EXPECT_EQ(*add_listener(listener(":80", ListenerMode::kRaw), IfExists::kIgnore)(base()), base());
}

TEST(RemoveListener, RemovesOrSaysThatThereIsNone) {
  EXPECT_THAT(remove_listener(address(":80"))(base())->listeners, IsEmpty());
  EXPECT_EQ(code_of(remove_listener(address(":81"))(base())), ErrorCode::kNotFound);
  EXPECT_EQ(*remove_listener(address(":81"), IfMissing::kIgnore)(base()), base());
}

TEST(UpdateListener, EditsTheOneWithTheAddress) {
  const auto to =
      update_listener(address(":80"), [](Listener& edited) { edited.mode = ListenerMode::kRaw; })(base());
  ASSERT_TRUE(to);
  EXPECT_EQ(to->listeners[0].mode, ListenerMode::kRaw);
  EXPECT_EQ(code_of(update_listener(address(":81"), [](Listener&) {})(base())), ErrorCode::kNotFound);
}

TEST(AddBackend, AddsToItsPool) {
  const auto to = add_backend("default", backend("10.0.0.4:80"))(base());
  ASSERT_TRUE(to);
  EXPECT_THAT(to->pools[0].backends, SizeIs(2));
}

TEST(AddBackend, MakesThePoolWhenItIsNew) {
  const auto to = add_backend("api", backend("10.0.0.4:80"))(base());
  ASSERT_TRUE(to);
  ASSERT_THAT(to->pools, SizeIs(2));
  Pool expected = pool("api");
  expected.backends = {backend("10.0.0.4:80")};
  EXPECT_EQ(to->pools[1], expected);
}

TEST(AddBackend, FailsOrDoesNothingWhenThePoolHasIt) {
  Backend heavier = backend("10.0.0.3:80");
  heavier.weight = 9;
  const auto to = add_backend("default", heavier)(base());
  EXPECT_EQ(code_of(to), ErrorCode::kAlreadyExists);
  EXPECT_THAT(to.error().message, HasSubstr("pool \"default\" has the backend 10.0.0.3:80 already"));
  EXPECT_EQ(*add_backend("default", heavier, IfExists::kIgnore)(base()), base());
}

TEST(RemoveBackend, RemovesAndKeepsTheEmptyPool) {
  const auto to = remove_backend("default", "10.0.0.3:80")(base());
  ASSERT_TRUE(to);
  ASSERT_THAT(to->pools, SizeIs(1));
  EXPECT_THAT(to->pools[0].backends, IsEmpty());
}

TEST(RemoveBackend, SaysWhichPoolHasIt) {
  Config from = base();
  from.pools.push_back(pool("api"));
  from.pools[1].backends = {backend("10.0.0.9:80")};
  const auto elsewhere = remove_backend("default", "10.0.0.9:80")(from);
  EXPECT_EQ(code_of(elsewhere), ErrorCode::kNotFound);
  EXPECT_THAT(elsewhere.error().message, HasSubstr("pool \"api\" has it (--pool)"));
}

TEST(RemoveBackend, SaysWhatIsMissing) {
  const auto no_backend = remove_backend("default", "10.0.0.9:80")(base());
  EXPECT_EQ(code_of(no_backend), ErrorCode::kNotFound);
  EXPECT_EQ(no_backend.error().field, "endpoint");
  const auto no_pool = remove_backend("api", "10.0.0.3:80")(base());
  EXPECT_EQ(code_of(no_pool), ErrorCode::kNotFound);
  EXPECT_EQ(no_pool.error().field, "pool");
  EXPECT_EQ(*remove_backend("default", "10.0.0.9:80", IfMissing::kIgnore)(base()), base());
  EXPECT_EQ(*remove_backend("api", "10.0.0.3:80", IfMissing::kIgnore)(base()), base());
}

TEST(UpdateBackend, EditsTheOneInThePool) {
  const auto edit = [](Backend& edited) { edited.weight = 7; };
  EXPECT_EQ(update_backend("default", "10.0.0.3:80", edit)(base())->pools[0].backends[0].weight, 7U);
  EXPECT_EQ(code_of(update_backend("default", "10.0.0.9:80", edit)(base())), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(update_backend("api", "10.0.0.3:80", edit)(base())), ErrorCode::kNotFound);
}

TEST(AddPool, AppendsOrSaysThatTheNameIsTaken) {
  EXPECT_THAT(add_pool(pool("api"))(base())->pools, SizeIs(2));
  EXPECT_EQ(code_of(add_pool(pool("default"))(base())), ErrorCode::kAlreadyExists);
  EXPECT_EQ(*add_pool(pool("default"), IfExists::kIgnore)(base()), base());
}

TEST(RemovePool, RemovesThePoolOfAnAutoListenerThatAnswersByItself) {
  EXPECT_THAT(remove_pool("default")(base())->pools, IsEmpty());
  EXPECT_EQ(code_of(remove_pool("api")(base())), ErrorCode::kNotFound);
  EXPECT_EQ(*remove_pool("api", IfMissing::kIgnore)(base()), base());
}

TEST(RemovePool, RefusesWhileAnAutoListenerForwards) {
  Config config = base();
  config.listeners[0].auto_forwards = true;
  const auto to = remove_pool("default")(config);
  EXPECT_EQ(code_of(to), ErrorCode::kFailedPrecondition);
  EXPECT_THAT(to.error().message, HasSubstr("in use by the auto listener 0.0.0.0:80, which forwards"));
}

TEST(RemovePool, RefusesWhileAListenerCannotDoWithoutIt) {
  for (const ListenerMode mode : {ListenerMode::kProxy, ListenerMode::kTcp}) {
    Config config = base();
    config.listeners[0].mode = mode;
    const auto to = remove_pool("default")(config);
    EXPECT_EQ(code_of(to), ErrorCode::kFailedPrecondition);
    EXPECT_THAT(to.error().message,
                HasSubstr("in use by the " + std::string(to_string(mode)) + " listener 0.0.0.0:80"));
  }
}

TEST(AddPool, HasNoPlaceBeyondTheLimits) {
  Config config = base();
  while (config.pools.size() < limits::kPools) {
    config.pools.emplace_back().name = "p" + std::to_string(config.pools.size());
  }
  Pool more;
  more.name = "more";
  const auto pool = add_pool(more)(config);
  EXPECT_EQ(code_of(pool), ErrorCode::kResourceExhausted);
  EXPECT_EQ(pool.error().message, "there is no place for another one: there are at most 256 pools, not 257");
  config.pools[0].backends.resize(limits::kBackendMembers);
  const auto backend = add_backend("p1", Backend{.endpoint = *Endpoint::parse("10.0.0.9:80")})(config);
  EXPECT_EQ(code_of(backend), ErrorCode::kResourceExhausted);
  EXPECT_THAT(backend.error().message,
              HasSubstr("there are at most 10240 backends in all pools together, not 10241"));
}

TEST(UpdatePool, EditsTheOneWithTheName) {
  const auto edit = [](Pool& edited) { edited.policy = BalancePolicy::kUriHash; };
  EXPECT_EQ(update_pool("default", edit)(base())->pools[0].policy, BalancePolicy::kUriHash);
  EXPECT_EQ(code_of(update_pool("api", edit)(base())), ErrorCode::kNotFound);
}

TEST(EditConfig, ChangesSingleValues) {
  const auto to = edit_config([](Config& config) { config.client_keepalive.enabled = true; })(base());
  ASSERT_TRUE(to);
  EXPECT_TRUE(to->client_keepalive.enabled);
}

TEST(ReplaceConfig, TakesTheNewStateWhatever) { EXPECT_EQ(*replace_config(Config{})(base()), Config{}); }

TEST(Changes, CanBeAppliedAgain) {
  const Change change = add_listener(listener(":81"));
  EXPECT_EQ(*change(base()), *change(base()));
}

TEST(Changes, SuggestTheNameThatAnUnknownOneIsNearTo) {
  EXPECT_THAT(remove_pool("defaul")(base()).error().message, HasSubstr("did you mean \"default\"?"));
  EXPECT_THAT(remove_listener(address("127.0.0.1:801"))(base()).error().message,
              Not(HasSubstr("did you mean \"default\"")));
  const Config config = *add_listener(listener("127.0.0.1:8080", ListenerMode::kRaw))(base());
  EXPECT_THAT(remove_listener(address("127.0.0.1:8081"))(config).error().message,
              HasSubstr("did you mean \"127.0.0.1:8080\"?"));
  EXPECT_THAT(remove_backend("default", "10.0.0.33:80")(base()).error().message,
              HasSubstr("did you mean \"10.0.0.3:80\"?"));
}

}  // namespace
}  // namespace demo
