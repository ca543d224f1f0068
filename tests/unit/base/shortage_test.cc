#include "base/shortage.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(Shortage, IsWhatThisHostLacks) {
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM, ETOOMANYREFS, ENOSPC})
    EXPECT_TRUE(is_shortage(error)) << error;
}

TEST(Shortage, IsNotWhatAPeerDoes) {
  for (const int error : {ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT, EINVAL, EBADF})
    EXPECT_FALSE(is_shortage(error)) << error;
}

}  // namespace
}  // namespace demo
