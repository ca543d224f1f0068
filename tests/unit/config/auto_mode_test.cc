#include "config/auto_mode.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

Config with_listener(ListenerMode mode, int backends) {
  Config config;
  config.listeners.emplace_back().address = *Address::parse(":80");
  config.listeners[0].mode = mode;
  config.pools.emplace_back();
  for (int port = 1; port <= backends; ++port) {
    config.pools[0].backends.emplace_back().endpoint = *Endpoint::parse("10.0.0.1:" + std::to_string(port));
  }
  return config;
}

ListenerMode decided(const Config& before, const Config& next) {
  return mode_in_force(decide_auto_modes(before, next).listeners.at(0));
}

const Config kNone;

TEST(AutoMode, AnswersByItselfUntilItsPoolHasABackend) {
  EXPECT_EQ(decided(kNone, with_listener(ListenerMode::kAuto, 0)), ListenerMode::kServer);
  EXPECT_EQ(decided(kNone, with_listener(ListenerMode::kAuto, 1)), ListenerMode::kProxy);
  Config elsewhere = with_listener(ListenerMode::kAuto, 1);
  elsewhere.listeners[0].pool = "api";
  EXPECT_EQ(decided(kNone, elsewhere), ListenerMode::kServer);
}

TEST(AutoMode, BackendWhoseNameNeverResolvedCounts) {
  Config config = with_listener(ListenerMode::kAuto, 0);
  config.pools[0].backends.emplace_back().endpoint = *Endpoint::parse("nope.invalid:80");
  EXPECT_EQ(decided(kNone, config), ListenerMode::kProxy);
}

TEST(AutoMode, GoesOnForwardingWithoutBackendPoolOrItsOldPool) {
  const Config before = decide_auto_modes(kNone, with_listener(ListenerMode::kAuto, 1));
  EXPECT_EQ(decided(before, with_listener(ListenerMode::kAuto, 0)), ListenerMode::kProxy);
  Config next = with_listener(ListenerMode::kAuto, 0);
  next.pools.clear();
  EXPECT_EQ(decided(before, next), ListenerMode::kProxy);
  next.listeners[0].pool = "other";
  EXPECT_EQ(decided(before, next), ListenerMode::kProxy);
}

TEST(AutoMode, SavedDecisionNeedsNoBackend) {
  Config saved = with_listener(ListenerMode::kAuto, 0);
  saved.listeners[0].auto_forwards = true;
  EXPECT_EQ(decided(kNone, saved), ListenerMode::kProxy);
}

TEST(AutoMode, ServerModeEndsItAndAutoIsDecidedAnew) {
  const Config forwards = decide_auto_modes(kNone, with_listener(ListenerMode::kAuto, 1));
  Config server = forwards;
  server.listeners[0].mode = ListenerMode::kServer;
  server = decide_auto_modes(forwards, server);
  EXPECT_EQ(mode_in_force(server.listeners[0]), ListenerMode::kServer);
  EXPECT_EQ(decided(server, with_listener(ListenerMode::kAuto, 0)), ListenerMode::kServer);
  EXPECT_EQ(decided(server, with_listener(ListenerMode::kAuto, 1)), ListenerMode::kProxy);
}

TEST(AutoMode, WhatForwardedByItsModeGoesOnForwarding) {
  for (const ListenerMode mode : {ListenerMode::kProxy, ListenerMode::kTcp}) {
    const Config before = with_listener(mode, 0);
    EXPECT_EQ(decided(before, with_listener(ListenerMode::kAuto, 0)), ListenerMode::kProxy);
  }
  const Config raw = with_listener(ListenerMode::kRaw, 1);
  EXPECT_EQ(decided(raw, with_listener(ListenerMode::kAuto, 0)), ListenerMode::kServer);
}

TEST(AutoMode, OtherModesAreWhatTheySay) {
  for (const ListenerMode mode :
       {ListenerMode::kServer, ListenerMode::kProxy, ListenerMode::kTcp, ListenerMode::kRaw}) {
    EXPECT_EQ(decided(kNone, with_listener(mode, 1)), mode);
  }
}

}  // namespace
}  // namespace demo
