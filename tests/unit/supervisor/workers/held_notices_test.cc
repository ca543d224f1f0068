#include "supervisor/workers/held_notices.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kSecond = 1'000'000'000;

BackendNotice notice(BackendNews news, const char* address = "10.0.0.1:80") {
  return {"default", "one.test:80", *Address::parse(address), news, "why", 3, seconds(10)};
}

TEST(HeldNotices, HoldsAnEjectionUntilItsEndIsTold) {
  HeldNotices held;
  EXPECT_TRUE(held.note(notice(BackendNews::kEjected), kSecond, {}));
  EXPECT_TRUE(held.note(notice(BackendNews::kEjected, "10.0.0.2:80"), kSecond, {}));
  ASSERT_EQ(held.all().size(), 2U);
  EXPECT_EQ(held.all()[0].until_ns(), 11 * kSecond);
  for (const BackendNews end : {BackendNews::kTakenBack, BackendNews::kOut}) {
    EXPECT_TRUE(held.note(notice(end), 50 * kSecond, {}));
    ASSERT_EQ(held.all().size(), 1U);
    EXPECT_TRUE(held.note(notice(BackendNews::kEjected), 51 * kSecond, {}));
  }
}

TEST(HeldNotices, DistrustStandsBesideAnEjectionAndEndsByItself) {
  HeldNotices held;
  EXPECT_TRUE(held.note(notice(BackendNews::kDistrusted), kSecond, {}));
  EXPECT_TRUE(held.note(notice(BackendNews::kEjected), kSecond, {}));
  EXPECT_TRUE(held.note(notice(BackendNews::kTakenBack), 2 * kSecond, {}));
  ASSERT_EQ(held.all().size(), 1U);
  EXPECT_FALSE(held.note(notice(BackendNews::kDistrusted), 9 * kSecond, {})) << "it goes on";
  ASSERT_EQ(held.all().size(), 1U);
  EXPECT_EQ(held.all()[0].since_ns, kSecond);
  EXPECT_EQ(held.all()[0].until_ns(), 19 * kSecond);
  EXPECT_TRUE(held.note(notice(BackendNews::kDistrusted), 19 * kSecond, {})) << "another one";
}

TEST(HeldNotices, OneThatWasExpectedIsHeldAndNothingNew) {
  HeldNotices held;
  held.expect({notice(BackendNews::kEjected), kSecond / 2, {}});
  EXPECT_TRUE(held.note(notice(BackendNews::kEjected, "10.0.0.2:80"), kSecond, {}));
  EXPECT_FALSE(held.note(notice(BackendNews::kEjected), kSecond, {}));
  ASSERT_EQ(held.all().size(), 2U);
  EXPECT_EQ(held.all()[1].since_ns, kSecond / 2);
  EXPECT_EQ(held.all()[1].until_ns(), 11 * kSecond);
  EXPECT_TRUE(held.note(notice(BackendNews::kTakenBack), 2 * kSecond, {}));
  EXPECT_TRUE(held.note(notice(BackendNews::kEjected), 3 * kSecond, {})) << "another one";
}

TEST(HeldNotices, EjectionsThatAnotherProcessHoldsDoNotEndWithThisOne) {
  HeldNotices held;
  held.note(notice(BackendNews::kDistrusted), kSecond, {});
  held.note(notice(BackendNews::kEjected), kSecond, {});
  held.hand_over_ejections();
  EXPECT_EQ(held.all().size(), 1U);
  EXPECT_TRUE(held.end("its process has ended").empty());
}

TEST(HeldNotices, TellsTheEndOfEjectionsAlone) {
  HeldNotices held;
  held.note(notice(BackendNews::kDistrusted), kSecond, {});
  held.note(notice(BackendNews::kEjected), kSecond, {});
  const auto ends = held.end("its process has ended");
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].news, BackendNews::kOut);
  EXPECT_EQ(ends[0].reason, "its process has ended");
  EXPECT_TRUE(held.all().empty());
}

}  // namespace
}  // namespace demo
