#include "balance/index_rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace demo::test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<std::size_t> ahead(const IndexRotation& rotation, std::size_t count) {
  std::vector<std::size_t> found;
  rotation.look_ahead(count, [&found](std::size_t index) { found.push_back(index); });
  return found;
}

IndexRotation rotation_of(std::size_t count, std::initializer_list<std::size_t> in) {
  IndexRotation rotation;
  rotation.reset(count);
  for (const std::size_t index : in) rotation.set(index, true);
  return rotation;
}

TEST(IndexRotation, GivesEachThatIsInOnceARound) {
  IndexRotation rotation = rotation_of(10, {3, 5, 9});
  rotation.set(5, true);
  EXPECT_EQ(rotation.size(), 3U);
  for (unsigned round = 0; round < 3; ++round) {
    EXPECT_EQ((std::set<std::size_t>{rotation.step(), rotation.step(), rotation.step()}),
              (std::set<std::size_t>{3, 5, 9}));
  }
}

TEST(IndexRotation, LooksAheadAtWhatItGives) {
  IndexRotation rotation = rotation_of(10, {1, 2, 3, 4});
  rotation.step();
  const std::vector<std::size_t> expected = ahead(rotation, 6);
  std::vector<std::size_t> given;
  for (unsigned i = 0; i < 6; ++i) given.push_back(rotation.step());
  EXPECT_THAT(given, ElementsAreArray(expected));
  EXPECT_THAT(ahead(rotation_of(10, {}), 3), IsEmpty());
}

TEST(IndexRotation, PassesNobodyOverWhoeverComesAndGoes) {
  for (std::size_t leaving = 0; leaving < 8; ++leaving) {
    for (std::size_t steps = 0; steps < 8; ++steps) {
      IndexRotation rotation = rotation_of(10, {0, 1, 2, 3, 4, 5, 6, 7});
      std::set<std::size_t> seen;
      for (std::size_t i = 0; i < steps; ++i) seen.insert(rotation.step());
      rotation.set(leaving, false);
      rotation.set(9, true);
      for (std::size_t i = steps; i < 9; ++i) seen.insert(rotation.step());
      for (std::size_t i = 0; i < 8; ++i)
        EXPECT_TRUE(i == leaving || seen.contains(i)) << leaving << steps << i;
    }
  }
}

TEST(IndexRotation, GoesOnWithTheOnlyOneLeft) {
  IndexRotation rotation = rotation_of(3, {0, 1, 2});
  rotation.step();
  rotation.set(1, false);
  rotation.set(2, false);
  EXPECT_THAT(ahead(rotation, 2), ElementsAre(0, 0));
  EXPECT_EQ(rotation.step(), 0U);
  rotation.set(0, false);
  EXPECT_EQ(rotation.size(), 0U);
}

}  // namespace
}  // namespace demo::test
