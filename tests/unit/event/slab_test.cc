#include "event/slab.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <random>
#include <set>
#include <vector>

#include "unit/event/turns.h"

namespace demo {
namespace {

std::array<UniqueFd, 2> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Counts its events in a number that outlives it.
struct Probe final : Watch {
  explicit Probe(int& count, int& alive) : Watch(Watch::call<Probe>), events(count), living(alive) {
    ++living;
  }
  ~Probe() { --living; }
  void on_ready(std::uint32_t) { ++events; }
  int& events;
  int& living;
};

// Retires another object when it becomes ready.
struct Killer : Watch {
  Killer(Slab<Probe>& from, Probe& other) : Watch(Watch::call<Killer>), slab(from), victim(&other) {}
  void on_ready(std::uint32_t) {
    if (victim != nullptr) slab.retire(*std::exchange(victim, nullptr));
  }
  Slab<Probe>& slab;
  Probe* victim;
};

TEST(Slab, RetiredObjectIsDestroyedAtOnceAndItsMemoryUsedAgainAfterTheTurn) {
  Turns turns;
  Slab<Probe> slab(turns.loop());
  int events = 0;
  int living = 0;
  Probe& first = slab.create(events, living);
  slab.retire(first);
  EXPECT_EQ(living, 0);
  EXPECT_EQ(slab.live(), 0U);
  Probe& second = slab.create(events, living);
  EXPECT_NE(&second, &first) << "an event of this turn may still point there";
  turns.turn();
  Probe& third = slab.create(events, living);
  EXPECT_EQ(&third, &first);
  slab.retire(second);
  slab.retire(third);
}

TEST(Slab, EventOfARetiredObjectIsHarmless) {
  Turns turns;
  Slab<Probe> slab(turns.loop());
  int events = 0;
  int living = 0;
  Probe& victim = slab.create(events, living);
  auto [killing, killing_peer] = socket_pair();
  auto [watched, watched_peer] = socket_pair();
  Killer killer(slab, victim);
  // Both are ready in the same turn; the killer's event comes first, in the order of becoming ready.
  ASSERT_TRUE(turns.loop().add(killing.get(), EPOLLIN, killer));
  ASSERT_TRUE(turns.loop().add(watched.get(), EPOLLIN | EPOLLET, victim));
  ASSERT_EQ(::send(killing_peer.get(), "x", 1, 0), 1);
  ASSERT_EQ(::send(watched_peer.get(), "x", 1, 0), 1);
  EXPECT_EQ(turns.turn(), 2U);
  EXPECT_EQ(living, 0);
  EXPECT_EQ(events, 0);
}

TEST(Slab, ObjectCreatedInTheTurnDoesNotGetAnOlderObjectsEvent) {
  Turns turns;
  Slab<Probe> slab(turns.loop());
  int old_events = 0;
  int new_events = 0;
  int living = 0;
  Probe& old_probe = slab.create(old_events, living);
  auto [watched, peer] = socket_pair();
  ASSERT_TRUE(turns.loop().add(watched.get(), EPOLLIN, old_probe));
  slab.retire(old_probe);
  Probe& new_probe = slab.create(new_events, living);
  ASSERT_EQ(::send(peer.get(), "x", 1, 0), 1);
  turns.turn();
  EXPECT_EQ(new_events, 0);
  turns.loop().remove(watched.get());
  slab.retire(new_probe);
}

TEST(Slab, GrowsAndKeepsAddressesDistinct) {
  Turns turns;
  Slab<Probe> slab(turns.loop());
  int events = 0;
  int living = 0;
  std::set<Probe*> all;
  for (int i = 0; i < 1000; ++i) all.insert(&slab.create(events, living));
  EXPECT_EQ(all.size(), 1000U);
  EXPECT_EQ(slab.live(), 1000U);
  for (Probe* probe : all) slab.retire(*probe);
  EXPECT_EQ(living, 0);
  turns.turn();
  for (int i = 0; i < 1000; ++i) {
    Probe& again = slab.create(events, living);
    EXPECT_TRUE(all.contains(&again)) << "memory that was free is not used again";
  }
  for (Probe* probe : all) slab.retire(*probe);
}

TEST(Slab, MemoryThatARushLeftBehindGoesBack) {
  Turns turns;
  Slab<Probe> slab(turns.loop());
  int events = 0;
  int living = 0;
  Probe& stays = slab.create(events, living);
  const std::size_t few = slab.held_bytes();
  Housekeeping& housekeeping = turns.loop().housekeeping();
  for (int round = 0; round < 3; ++round) {
    std::vector<Probe*> all;
    for (int i = 0; i < 20'000; ++i) all.push_back(&slab.create(events, living));
    EXPECT_GE(slab.held_bytes(), 20'000 * sizeof(Probe));
    housekeeping.tidy_now();
    for (Probe* probe : all) slab.retire(*probe);
    housekeeping.tidy_now();
    housekeeping.tidy_now();
    EXPECT_GE(slab.held_bytes(), 20'000 * sizeof(Probe)) << "events of this turn may still point there";
    turns.turn();
    housekeeping.tidy_now();
    EXPECT_GE(slab.held_bytes(), 20'000 * sizeof(Probe)) << "it may be needed again at once";
    std::size_t held = slab.held_bytes();
    for (bool left = housekeeping.tidy_now(); left; left = housekeeping.tidy_on()) {
      EXPECT_LT(slab.held_bytes(), held) << "a little at a time";
      held = slab.held_bytes();
    }
    EXPECT_LE(slab.held_bytes(), 2 * few);
  }
  EXPECT_EQ(living, 1);
  slab.retire(stays);
}

TEST(Slab, MemoryThatIsNeededNowAndThenStays) {
  Turns turns;
  Slab<Probe> slab(turns.loop());
  int events = 0;
  int living = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<Probe*> all;
    for (int i = 0; i < 20'000; ++i) all.push_back(&slab.create(events, living));
    for (Probe* probe : all) slab.retire(*probe);
    turns.turn();
    turns.loop().housekeeping().tidy_now();
    EXPECT_GE(slab.held_bytes(), 20'000 * sizeof(Probe));
  }
}

TEST(Slab, PlacesOfAChunkThatFillsAndEmptiesAreAllUsedAgain) {
  Turns turns;
  Slab<Probe> slab(turns.loop());
  int events = 0;
  int living = 0;
  std::mt19937 random(7);
  std::vector<Probe*> all;
  for (int step = 0; step < 200'000; ++step) {
    const bool more = random() % 10'000 > all.size();
    if (more) {
      all.push_back(&slab.create(events, living));
    } else {
      std::swap(all[random() % all.size()], all.back());
      slab.retire(*all.back());
      all.pop_back();
    }
    if (step % 100 == 0) turns.turn();
    if (step % 5000 == 0) turns.loop().housekeeping().tidy_now();
    ASSERT_EQ(static_cast<std::size_t>(living), all.size());
  }
  EXPECT_EQ(std::set<Probe*>(all.begin(), all.end()).size(), all.size());
  for (Probe* probe : all) slab.retire(*probe);
}

struct Ballast {
  std::array<std::uint64_t, 5> words{};
};

// As a connection whose watch is not its first base, next to something that must stay whole.
struct Deep final : Ballast, Watch {
  explicit Deep(int& count) : Watch(Watch::call<Deep>), events(count) {}
  void on_ready(std::uint32_t) { ++events; }
  int& events;
  std::uint64_t end_mark = 0x5eed;
};

TEST(Slab, ObjectWhoseWatchIsNotItsFirstBaseKeepsToItsPlaceHoweverOftenItIsUsedAgain) {
  Turns turns;
  Slab<Deep> slab(turns.loop());
  int events = 0;
  std::set<Deep*> places;
  for (int i = 0; i < 300; ++i) places.insert(&slab.create(events));
  for (int round = 0; round < 200; ++round) {
    for (Deep* object : places) {
      ASSERT_EQ(object->end_mark, 0x5eedU);
      ASSERT_EQ(object->words, decltype(object->words){});
      slab.retire(*object);
    }
    turns.turn();
    for (std::size_t i = 0; i < places.size(); ++i) ASSERT_TRUE(places.contains(&slab.create(events)));
  }
  for (Deep* object : places) slab.retire(*object);
}

TEST(Slab, EventOfARetiredObjectIsHarmlessWhereverItsWatchLies) {
  Turns turns;
  Slab<Deep> slab(turns.loop());
  int events = 0;
  Deep& object = slab.create(events);
  Watch* watch = &object;
  slab.retire(object);
  watch->ready(EPOLLIN);
  EXPECT_EQ(events, 0);
}

struct OpenToHeirs : Watch {
  OpenToHeirs() : Watch(nullptr) {}
};
struct WatchedInSecret final : private Watch {
  WatchedInSecret() : Watch(nullptr) {}
};
struct FirstWatch : Watch {
  FirstWatch() : Watch(nullptr) {}
};
struct SecondWatch : Watch {
  SecondWatch() : Watch(nullptr) {}
};
struct WatchedTwice final : FirstWatch, SecondWatch {};
struct NotWatched final {};

TEST(Slab, TakesOnlyObjectsWhosePlaceAndWatchItCanTell) {
  static_assert(KeptInSlab<Probe> && KeptInSlab<Deep> && KeptInSlab<NotWatched>);
  static_assert(!KeptInSlab<OpenToHeirs>);
  static_assert(!KeptInSlab<WatchedInSecret>);
  static_assert(!KeptInSlab<WatchedTwice>);
}

#ifdef DEMO_ADDRESS_SANITIZER
TEST(SlabDeathTest, UseAfterRetireIsReported) {
  Turns turns;
  Slab<Deep> slab(turns.loop());
  int events = 0;
  Deep& object = slab.create(events);
  slab.retire(object);
  EXPECT_DEATH(object.end_mark = 1, "use-after-poison");
}

TEST(SlabDeathTest, EventAfterTheTurnIsReported) {
  Turns turns;
  Slab<Deep> slab(turns.loop());
  int events = 0;
  Deep& object = slab.create(events);
  Watch* watch = &object;
  slab.retire(object);
  turns.turn();
  EXPECT_DEATH(watch->ready(EPOLLIN), "use-after-poison");
}

TEST(SlabDeathTest, DoubleRetireIsReported) {
  Turns turns;
  Slab<Deep> slab(turns.loop());
  int events = 0;
  Deep& object = slab.create(events);
  slab.retire(object);
  EXPECT_DEATH(slab.retire(object), "given back twice");
}
#endif

}  // namespace
}  // namespace demo
