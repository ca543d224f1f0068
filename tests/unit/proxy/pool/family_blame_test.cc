// What the race of two address families makes of addresses that refuse, are silent or were tried before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <vector>

#include "family_race_rig.h"
#include "unit/proxy/call_count.h"

namespace demo::test {
namespace {

using testing::StartsWith;

class FamilyBlame : public FamilyRace {
 protected:
  static constexpr std::uint32_t kThird = 2;
  static constexpr std::chrono::milliseconds kShortConnect{400};

  void weigh(unsigned silent, unsigned other) {
    proxy.pool().members[kSilent].weight = silent;
    proxy.pool().members[kOther].weight = other;
  }
  // So many failures in a row eject, but not the last one; 0: never.
  void eject_after(unsigned failures) {
    proxy.pool().ejection.consecutive_failures = failures;
    proxy.pool().ejection.allow_last = false;
  }
  std::uint64_t refusals(std::uint32_t slot) { return proxy.backend_stats(slot).connect_errors.get(); }
  // Requests until the other family has refused so many.
  void be_refused(std::uint64_t times) {
    while (refusals(kOther) < times) {
      const std::uint64_t before = refusals(kOther);
      clients_.push_back(proxy.connect(kLastGet));
      ASSERT_TRUE(proxy.eventually([&] { return refusals(kOther) > before; }));
    }
  }
  void leave() {
    for (TestPeer& client : clients_) client.reset();
    EXPECT_TRUE(all_end());
  }

  std::vector<TestPeer> clients_;
};

TEST_F(FamilyBlame, EjectsNobodyInFavourOfAFamilyThatWasSilent) {
  eject_after(3);
  proxy.apply();
  ask_until_the_silent_one_was_tried();
  other_->close();
  be_refused(4);
  EXPECT_EQ(proxy.backend_stats(kOther).ejections.get(), 0U);
  leave();
  other_->reopen();
  ask();
}

TEST_F(FamilyBlame, EjectsInFavourOfAFamilyThatAnswersAgain) {
  eject_after(2);
  proxy.apply();
  ask_until_the_silent_one_was_tried();
  silent_.open();
  other_->close();
  be_refused(1);
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats(kSilent).requests.get() == 1; }));
  clients_.push_back(proxy.connect(kLastGet));
  clients_.push_back(proxy.connect(kLastGet));
  EXPECT_TRUE(proxy.eventually([&] { return proxy.backend_stats(kOther).ejections.get() == 1; }));
  leave();
}

TEST_F(FamilyBlame, ChallengesWithNoAddressThatTheRequestHasTried) {
  TestBackend third("[::1]");
  add(third.address());
  weigh(50, 100);
  eject_after(0);
  proxy.apply();
  other_->close();
  TestPeer client = proxy.connect(kLastGet);
  serve(third, client);
  EXPECT_EQ(refusals(kOther), 1U);
  EXPECT_EQ(connects(kSilent), 1U);
}

TEST_F(FamilyBlame, TriesNoChallengerAgainThatRefused) {
  TestBackend third("[::1]");
  add(third.address());
  weigh(100, 50);
  eject_after(0);
  proxy.pool().timeouts.connect = kShortConnect;
  proxy.apply();
  other_->close();
  TestPeer client = proxy.connect(kLastGet);
  serve(third, client);
  EXPECT_EQ(refusals(kOther), 1U);
  EXPECT_EQ(connects(kSilent), 1U);
}

// In both modes, whichever address comes first.
TEST_F(FamilyBlame, WaitsForASilentAddressOnce) {
  eject_after(0);
  proxy.pool().timeouts.connect = kShortConnect;
  other_->close();
  std::uint64_t asked = 0;
  for (const bool tcp : {false, true}) {
    for (const unsigned weight : {1U, 100U}) {
      weigh(weight, 101 - weight);
      tcp ? proxy.use_tcp_mode() : proxy.apply();
      const std::uint64_t before = refusals(kOther);
      TestPeer client = proxy.connect(kLastGet);
      client.read_to_end();
      EXPECT_EQ(connects(kSilent), ++asked) << tcp << ' ' << weight;
      EXPECT_GT(refusals(kOther), before);
    }
  }
}

TEST_F(FamilyBlame, TriesNothingAgainAfterAShortageOfTheChallenger) {
  weigh(100, 1);
  proxy.pool().timeouts.connect = kShortConnect;
  proxy.apply();
  other_->close();
  std::unique_ptr<FailingCalls> failing;
  proxy.in_loop([&] { failing = std::make_unique<FailingCalls>(0, ENOMEM, FailingCalls::kConnect); });
  TestPeer client = proxy.connect(kLastGet);
  EXPECT_THAT(client.read_to_end(), StartsWith("HTTP/1.1 504 "));
  EXPECT_EQ(proxy.backend_stats(kOther).connect_shortages.get(), 1U);
  EXPECT_EQ(connects(kSilent), 1U);
  EXPECT_EQ(connects(kOther), 1U);
  proxy.in_loop([&] { failing.reset(); });
}

// An attempt may fail at two addresses; all of them are remembered.
TEST_F(FamilyBlame, RemembersBothAddressesOfEachAttempt) {
  std::array<BlackHole, 2> silent;
  for (unsigned i = 0; i < silent.size(); ++i) {
    const auto name_last_two = [&] {
      for (std::size_t at = proxy.pool().members.size() - 2; at < proxy.pool().members.size(); ++at) {
        proxy.pool().members[at].endpoint.text = i == 0 ? "three.test:80" : "four.test:80";
      }
    };
    proxy.pool().members[proxy.add_backend(silent[i].address())].weight = 100;
    TestBackend refuses("[::1]");
    proxy.add_backend(refuses.address());
    name_last_two();
  }
  TestBackend answers;
  proxy.add_backend(answers.address());
  weigh(100, 1);
  eject_after(0);
  proxy.pool().timeouts.connect = kShortConnect;
  proxy.apply();
  other_->close();
  TestPeer client = proxy.connect(kLastGet);
  serve(answers, client);
  for (const std::uint32_t slot : {0U, 1U, 2U, 3U, 4U, 5U}) EXPECT_EQ(connects(slot), 1U) << slot;
}

}  // namespace
}  // namespace demo::test
