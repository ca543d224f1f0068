#include "config/doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/auto_mode.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Config with_listener(const char* pool, ListenerMode mode = ListenerMode::kAuto) {
  Config config;
  Listener& listener = config.listeners.emplace_back();
  listener.address = *Address::parse(":81");
  listener.pool = pool;
  listener.mode = mode;
  return config;
}

void add_pool(Config& config, const char* name, bool with_backend = false) {
  Pool& pool = config.pools.emplace_back();
  pool.name = name;
  if (with_backend) pool.backends.emplace_back().endpoint = *Endpoint::parse("127.0.0.1:9");
}

TEST(Doubts, NamesAPoolThatAListenerOfModeAutoMisses) {
  Config config = with_listener("defualt");
  EXPECT_THAT(
      doubts(config),
      ElementsAre("listener 0.0.0.0:81 names the pool \"defualt\", which does not exist, and answers by "
                  "itself until that has a backend, did you mean \"default\"?"));
  add_pool(config, "api");
  config.listeners[0].pool = "apii";
  EXPECT_THAT(doubts(config), ElementsAre(HasSubstr("did you mean \"api\"?")));
  config.listeners[0].pool = "elsewhere";
  EXPECT_THAT(doubts(config), ElementsAre(testing::EndsWith("has a backend")));
}

TEST(Doubts, HasNoneOfWhatIsMeant) {
  EXPECT_THAT(doubts(with_listener("default")), IsEmpty()) << "it is there once it is needed";
  EXPECT_THAT(doubts(with_listener("api", ListenerMode::kServer)), IsEmpty()) << "it forwards nowhere";
  EXPECT_THAT(doubts(with_listener("api", ListenerMode::kRaw)), IsEmpty());
  Config config = with_listener("api");
  add_pool(config, "api");
  EXPECT_THAT(doubts(config), IsEmpty()) << "an empty pool is there";
  Config forwarding = with_listener("api");
  add_pool(forwarding, "api", true);
  forwarding = decide_auto_modes({}, forwarding);
  Config gone = forwarding;
  gone.pools.clear();
  EXPECT_THAT(doubts(decide_auto_modes(forwarding, gone)), IsEmpty()) << "it degrades the status already";
}

TEST(Doubts, AreToldOnceByTheChangeThatBringsThem) {
  const Config before = with_listener("defualt");
  Config next = before;
  next.accept_mode = AcceptMode::kShared;
  EXPECT_THAT(new_doubts(before, next), IsEmpty());
  EXPECT_THAT(new_doubts({}, next), ElementsAre(HasSubstr("defualt")));
}

TEST(Doubts, NameAPoolThatABackendMakesBesideOneOfANearName) {
  Config before = with_listener("default");
  add_pool(before, "default", true);
  before = decide_auto_modes({}, before);
  Config next = before;
  add_pool(next, "defualt", true);
  EXPECT_THAT(new_doubts(before, next),
              ElementsAre("pool \"defualt\" is new, and no listener names it, did you mean \"default\"?"));
  next.pools.back().name = "elsewhere";
  EXPECT_THAT(new_doubts(before, next), IsEmpty()) << "its listener may follow";
  next.pools.back().name = "defualt";
  next.listeners[0].pool = "defualt";
  EXPECT_THAT(new_doubts(before, next), IsEmpty()) << "a listener names it";
  next.pools.erase(next.pools.begin());
  next.pools.back().name = "default";
  next.listeners[0].pool = "api";
  EXPECT_THAT(new_doubts({}, next), testing::Not(testing::Contains(HasSubstr("did you mean \"default\""))))
      << "no name is near to itself";
}

}  // namespace
}  // namespace demo
