#include "control/connections/fair_line.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <vector>

namespace demo {
namespace {

using testing::ElementsAre;

UniqueFd a_descriptor() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

TEST(FairLine, ServesTheUsersInTurnAndEachOnesFirstFirst) {
  FairLine line;
  std::vector<int> of_the_crowd;
  for (int i = 0; i < 3; ++i) {
    UniqueFd connection = a_descriptor();
    of_the_crowd.push_back(connection.get());
    line.add(1000, std::move(connection));
  }
  UniqueFd connection = a_descriptor();
  const int late = connection.get();
  line.add(0, std::move(connection));
  EXPECT_EQ(line.users(), 2U);
  std::vector<int> taken;
  std::vector<UniqueFd> kept;
  while (!line.empty()) {
    kept.push_back(line.take().second);
    taken.push_back(kept.back().get());
  }
  EXPECT_THAT(taken, ElementsAre(of_the_crowd[0], late, of_the_crowd[1], of_the_crowd[2]));
}

TEST(FairLine, ClosesWhatWaitsWhenItIsCleared) {
  FairLine line;
  UniqueFd connection = a_descriptor();
  const int number = connection.get();
  line.add(0, std::move(connection));
  line.clear();
  EXPECT_TRUE(line.empty());
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace demo
