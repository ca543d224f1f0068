#include "supervisor/handover/passed_descriptors.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <unistd.h>

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(PassedDescriptors, AreReadAsTheyWereDescribed) {
  const NamedDescriptors passed = {{"stats", 17}, {"s5", 20}};
  EXPECT_EQ(describe_passed(passed), "stats=17 s5=20");
  EXPECT_EQ(read_passed(describe_passed(passed)), passed);
  EXPECT_EQ(describe_passed({}), "");
}

TEST(PassedDescriptors, LeaveOutWhatIsNoNameAndNumber) {
  EXPECT_THAT(read_passed("a=1  =2 b c= d=x e=-1 f=99999999999 g=3 "),
              ElementsAre(Pair("a", 1), Pair("g", 3)));
  EXPECT_THAT(read_passed(""), IsEmpty());
}

TEST(PassedDescriptors, AreTakenOutOfTheEnvironmentAndClosedByTheNextExec) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[1]);
  auto list = list_passed({{"open", ends[0]}, {"closed", 1'000'000}});
  ASSERT_TRUE(list);
  ::setenv(kPassedVariable, std::to_string(list->release()).c_str(), 1);
  EXPECT_EQ(look_at_passed()->size(), 2U);
  auto taken = take_passed();
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->size(), 1U);
  EXPECT_EQ(taken->at(0).first, "open");
  EXPECT_EQ(taken->at(0).second.get(), ends[0]);
  EXPECT_EQ(::fcntl(ends[0], F_GETFD), FD_CLOEXEC);
  EXPECT_FALSE(take_passed());
  EXPECT_FALSE(look_at_passed());
}

TEST(PassedDescriptors, AreNoneWhereTheListIsAnotherFile) {
  for (const char* const number : {"x", "-1", "99999999999", "4000"}) {
    ::setenv(kPassedVariable, number, 1);
    const auto taken = take_passed();
    EXPECT_TRUE(!taken || taken->empty()) << number;
  }
  ::unsetenv(kPassedVariable);
}

}  // namespace
}  // namespace demo
