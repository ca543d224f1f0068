#include "supervisor/start/worker_user.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

namespace demo {
namespace {

TEST(WorkerUser, IsNoOtherWhereOurOwnIsNamed) {
  const passwd* const own = ::getpwuid(::geteuid());
  ASSERT_NE(own, nullptr);
  const auto user = worker_user(own->pw_name);
  ASSERT_TRUE(user);
  EXPECT_FALSE(*user);
}

TEST(WorkerUser, ThatDoesNotExistIsRefused) {
  const auto user = worker_user("no such user");
  ASSERT_FALSE(user);
  EXPECT_EQ(user.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(user.error().message.find("\"no such user\": there is no such user"), std::string::npos);
}

TEST(WorkerUser, IsNeverRootByDefault) {
  const auto user = worker_user("");
  ASSERT_TRUE(user);
  if (*user) {
    EXPECT_EQ(::geteuid(), 0U);
    EXPECT_NE((*user)->uid, 0U);
    EXPECT_NE((*user)->gid, 0U);
  }
}

TEST(WorkerUser, IsForRootToChoose) {
  const auto user = worker_user("nobody");
  if (::geteuid() == 0) {
    EXPECT_TRUE(!user || *user);
  } else {
    EXPECT_FALSE(user);
  }
}

}  // namespace
}  // namespace demo
