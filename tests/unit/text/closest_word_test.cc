#include "text/closest_word.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

const std::vector<std::string> kVerbs{"add-backend", "status", "stats", "workers", "listeners"};

TEST(NearestWord, FindsTheTypedWordsNearestOne) {
  const std::vector<std::string> names = {"listener", "pool", "workers", "response"};
  EXPECT_EQ(nearest_word("listner", names), "listener");
  EXPECT_EQ(nearest_word("listeners", names), "listener");
  EXPECT_EQ(nearest_word("lisetner", names), "listener");
  EXPECT_EQ(nearest_word("pol", names), "pool");
  EXPECT_EQ(nearest_word("worker", names), "workers");
}

TEST(NearestWord, FindsNothingWhenNoneIsNear) {
  const std::vector<std::string> names = {"listener", "pool"};
  EXPECT_EQ(nearest_word("zebra", names), "");
  EXPECT_EQ(nearest_word("", names), "");
  EXPECT_EQ(nearest_word("pool", {}), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'l'), names), "");
}

TEST(NearestWord, TakesDashesForNoLetters) {
  EXPECT_EQ(nearest_word("--head", {"--help", "--output"}), "");
  EXPECT_EQ(nearest_word("--hepl", {"--help", "--output"}), "--help");
  EXPECT_EQ(nearest_word("-help", {"--help"}), "--help");
  EXPECT_EQ(nearest_word("--", {"--help", "-w"}), "");
}

TEST(NearestWord, PrefersOneThatBeginsAlike) {
  EXPECT_EQ(nearest_word("dsc", {"asc", "desc"}), "desc");
  EXPECT_EQ(nearest_word("asx", {"desc", "asc"}), "asc");
}

TEST(NearestWord, LeavesSomethingOfWhatWasTyped) {
  EXPECT_EQ(nearest_word("x", {"w"}), "");
  EXPECT_EQ(nearest_word("no", {"on"}), "on");
}

TEST(ClosestWord, FindsAWordWithALetterLeftOut) { EXPECT_EQ(closest_word("staus", kVerbs), "status"); }

TEST(ClosestWord, CountsSwappedNeighboursAsOneMistake) {
  EXPECT_EQ(closest_word("wrokers", kVerbs), "workers");
}

TEST(ClosestWord, TakesABeginningThatOnlyOneWordHas) {
  EXPECT_EQ(closest_word("listen", kVerbs), "listeners");
}

TEST(ClosestWord, TakesNoBeginningThatSeveralWordsHave) {
  EXPECT_EQ(closest_word("st", {"statuses", "stations"}), "");
}

TEST(ClosestWord, GivesUpOnWordsThatAreNothingLikeIt) {
  EXPECT_EQ(closest_word("xyz", kVerbs), "");
  EXPECT_EQ(did_you_mean("xyz", kVerbs), "");
}

TEST(ClosestWord, AsksWithTheWord) {
  EXPECT_EQ(did_you_mean("stat", {"stats"}), ", did you mean \"stats\"?");
  EXPECT_EQ(did_you_mean("ad", {"add-pool", "top", "add-backend"}),
            ", did you mean one of add-backend, add-pool?");
  EXPECT_EQ(did_you_mean("w", {"workers", "whoami"}), "");
}

TEST(NotOneOf, ListsTheWordsAndTheLikelyOne) {
  EXPECT_EQ(not_one_of("zzz", {"on", "off"}), "\"zzz\" is not one of on, off");
  EXPECT_EQ(not_one_of("fil", {"file", "running"}),
            "\"fil\" is not one of file, running, did you mean \"file\"?");
  EXPECT_EQ(not_one_of("RUNNING", {"file", "running"}),
            "\"RUNNING\" is not one of file, running, did you mean \"running\"?");
}

TEST(NearestWord, OfEquallyNearOnesGoesOnFromWhatWasTyped) {
  EXPECT_EQ(nearest_word("of", {"on", "off"}), "off");
  EXPECT_EQ(nearest_word("o", {"in", "on"}), "on");
}

}  // namespace
}  // namespace demo::text
