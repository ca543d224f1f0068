#include "control/connections/refusal_trouble.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(RefusalTroubleOfASocket, IsToldOnceAtItsBeginningAndOnceAtItsEnd) {
  std::vector<std::string> told;
  RefusalTrouble trouble({[&](std::string why) { told.push_back("! " + why); },
                          [&](std::string news) { told.push_back(std::move(news)); }});
  EXPECT_EQ(trouble.patience_ms(0), std::nullopt);
  trouble.look(100 * kSecond);
  trouble.refused("crowd", false, 0);
  trouble.refused("other", false, 20 * kSecond);
  EXPECT_THAT(trouble.patience_ms(20 * kSecond), Optional(30'001));
  trouble.look(49 * kSecond);
  EXPECT_THAT(told, ElementsAre("! crowd"));
  trouble.look(50 * kSecond);
  trouble.look(51 * kSecond);
  EXPECT_EQ(trouble.patience_ms(51 * kSecond), std::nullopt);
  trouble.refused("again", false, 60 * kSecond);
  EXPECT_THAT(told, ElementsAre("! crowd", "nobody is refused any more; 2 connections had been", "! again"));
}

TEST(RefusalTroubleOfASocket, TellsWhatIsUrgentBesidesAndWhatIsNotNoMore) {
  std::vector<std::string> told;
  RefusalTrouble trouble({[&](std::string why) { told.push_back(std::move(why)); }, {}});
  trouble.refused("crowd", false, 0);
  trouble.refused("a worker", true, 0);
  trouble.refused("a worker", true, 0);
  trouble.refused("crowd", false, 0);
  EXPECT_THAT(told, ElementsAre("crowd", "a worker"));
}

}  // namespace
}  // namespace demo
