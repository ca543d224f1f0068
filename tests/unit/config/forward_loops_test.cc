#include "config/forward_loops.h"

#include <gmock/gmock.h>

namespace demo {
namespace {

using testing::ElementsAre;

Address address(const char* text) { return *Address::parse(text); }

LoopListener bound(const char* text, const char* pool = "a", bool forwards = true) {
  LoopListener listener;
  listener.bound = address(text);
  listener.forwards = forwards;
  listener.pool = pool;
  return listener;
}

const std::vector<Address> kOwn = {address("127.0.0.1:0"), address("10.0.0.2:0"), address("[2001:db8::2]:0")};

bool reached(const char* target, const char* listener) {
  return reaches(address(target), bound(listener), kOwn);
}

TEST(ForwardLoops, WildcardIsReachedAtEveryAddressOfThisHost) {
  for (const char* own : {"127.0.0.1:80", "127.9.9.9:80", "10.0.0.2:80", "0.0.0.0:80"}) {
    EXPECT_TRUE(reached(own, "0.0.0.0:80")) << own;
    EXPECT_TRUE(reached(own, "[::]:80")) << own;
  }
  for (const char* own : {"[::1]:80", "[2001:db8::2]:80", "[::]:80"}) {
    EXPECT_TRUE(reached(own, "[::]:80")) << own;
    EXPECT_FALSE(reached(own, "0.0.0.0:80")) << own;
  }
  EXPECT_TRUE(reached("[::ffff:127.0.0.1]:80", "0.0.0.0:80"));
  EXPECT_FALSE(reached("10.0.0.3:80", "0.0.0.0:80"));
  EXPECT_FALSE(reached("[2001:db8::3]:80", "[::]:80"));
  EXPECT_FALSE(reached("127.0.0.1:81", "0.0.0.0:80"));
}

TEST(ForwardLoops, AnAddressIsReachedAtItselfAlone) {
  EXPECT_TRUE(reached("127.0.0.1:80", "127.0.0.1:80"));
  EXPECT_TRUE(reached("[::ffff:10.0.0.2]:80", "10.0.0.2:80"));
  EXPECT_TRUE(reached("0.0.0.0:80", "127.0.0.1:80"));
  EXPECT_TRUE(reached("[::]:80", "[::1]:80"));
  EXPECT_FALSE(reached("127.0.0.1:80", "10.0.0.2:80"));
  EXPECT_FALSE(reached("0.0.0.0:80", "10.0.0.2:80"));
}

TEST(ForwardLoops, UnixPathsAreComparedAsPaths) {
  EXPECT_TRUE(reached("unix:/run//a", "unix:/run/./a"));
  EXPECT_FALSE(reached("unix:/run/a", "unix:/run/b"));
  EXPECT_FALSE(reached("unix:/run/a", "0.0.0.0:80"));
  EXPECT_FALSE(reached("127.0.0.1:80", "unix:/run/a"));
}

TEST(ForwardLoops, RestrictionsOfAListenerCount) {
  LoopListener listener = bound("[::]:80");
  listener.v6only = true;
  EXPECT_FALSE(reaches(address("127.0.0.1:80"), listener, kOwn));
  EXPECT_TRUE(reaches(address("[::1]:80"), listener, kOwn));
  listener.interface = "eth0";
  EXPECT_FALSE(reaches(address("[::1]:80"), listener, kOwn));
  listener.interface = "lo";
  EXPECT_TRUE(reaches(address("[::1]:80"), listener, kOwn));
}

TEST(ForwardLoops, MemberThatLeadsBackToItsPoolIsALoop) {
  EXPECT_THAT(find_forward_loops({bound(":80")},
                                 {{"a", address("10.0.0.2:80")}, {"a", address("10.0.0.3:80")}}, kOwn),
              ElementsAre(true, false));
}

TEST(ForwardLoops, LoopThroughAnotherPoolIsALoopAndAChainIsNone) {
  const std::vector<LoopListener> listeners = {bound(":80", "a"), bound(":81", "b"),
                                               bound(":82", "c", false)};
  const LoopMember to_b{"a", address("127.0.0.1:81")};
  const LoopMember back_to_a{"b", address("127.0.0.1:80")};
  const LoopMember to_server{"b", address("127.0.0.1:82")};
  EXPECT_THAT(find_forward_loops(listeners, {to_b, back_to_a}, kOwn), ElementsAre(true, true));
  EXPECT_THAT(find_forward_loops(listeners, {to_b, to_server}, kOwn), ElementsAre(false, false));
}

TEST(ForwardLoops, ConfigurationAloneTellsOfWhatNeedsNoLookUp) {
  Config config;
  config.listeners.emplace_back().address = address(":80");
  config.pools.emplace_back();
  for (const char* endpoint : {"127.0.0.1:80", "localhost:80", "10.0.0.2:80", "10.0.0.3:80"}) {
    config.pools[0].backends.emplace_back().endpoint = *Endpoint::parse(endpoint);
  }
  const LoopingBackend loopback{"default", "127.0.0.1:80"};
  const LoopingBackend own{"default", "10.0.0.2:80"};
  EXPECT_THAT(find_configured_loops(config, {}), ElementsAre(loopback));
  EXPECT_THAT(find_configured_loops(config, kOwn), ElementsAre(loopback, own));
  config.listeners[0].mode = ListenerMode::kServer;
  EXPECT_TRUE(find_configured_loops(config, kOwn).empty());
}

}  // namespace
}  // namespace demo
