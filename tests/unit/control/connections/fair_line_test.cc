#include "control/connections/fair_line.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <memory>
#include <vector>

namespace demo {
namespace {

using testing::ElementsAre;

Guest a_guest(uid_t user) {
  return {UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
          std::make_shared<Visit>(ucred{1, user, user}, 0)};
}

TEST(FairLine, ServesTheUsersInTurnAndEachOnesFirstFirst) {
  FairLine line;
  std::vector<int> of_the_crowd;
  for (int i = 0; i < 3; ++i) {
    Guest guest = a_guest(1000);
    of_the_crowd.push_back(guest.connection.get());
    line.add(std::move(guest));
  }
  Guest guest = a_guest(0);
  const int late = guest.connection.get();
  line.add(std::move(guest));
  EXPECT_EQ(line.users(), 2U);
  std::vector<int> taken;
  std::vector<Guest> kept;
  while (!line.empty()) {
    kept.push_back(line.take());
    taken.push_back(kept.back().connection.get());
  }
  EXPECT_THAT(taken, ElementsAre(of_the_crowd[0], late, of_the_crowd[1], of_the_crowd[2]));
}

TEST(FairLine, ClosesWhatWaitsWhenItIsCleared) {
  FairLine line;
  Guest guest = a_guest(0);
  const int number = guest.connection.get();
  line.add(std::move(guest));
  line.clear();
  EXPECT_TRUE(line.empty());
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace demo
