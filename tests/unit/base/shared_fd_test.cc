#include "base/shared_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace demo {
namespace {

bool is_open_descriptor(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
SharedFd some() { return SharedFd(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC))); }

TEST(SharedFd, ClosesWithTheLastOwner) {
  SharedFd one = some();
  const int number = one.get();
  SharedFd other = one;
  EXPECT_EQ(one, other);
  one.reset();
  EXPECT_FALSE(one);
  EXPECT_TRUE(is_open_descriptor(number));
  other.reset();
  EXPECT_FALSE(is_open_descriptor(number));
}

TEST(SharedFd, OnlyOwnerTakesItOut) {
  SharedFd one = some();
  const int number = one.get();
  const UniqueFd taken = one.take();
  EXPECT_EQ(taken.get(), number);
  EXPECT_FALSE(one);
}

TEST(SharedFd, IsEmptyWithoutADescriptor) {
  EXPECT_FALSE(SharedFd());
  EXPECT_FALSE(SharedFd(UniqueFd()));
  EXPECT_EQ(SharedFd().get(), -1);
}

TEST(SharedFdDeathTest, NobodyTakesWhatOthersHave) {
  SharedFd one = some();
  const SharedFd other = one;
  EXPECT_DEATH((void)one.take(), "");
  EXPECT_DEATH((void)SharedFd().take(), "");
}

}  // namespace
}  // namespace demo
