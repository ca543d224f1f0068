#include "base/accept_error.h"

#include <gtest/gtest.h>

#include "base/shortage.h"

namespace demo {
namespace {

// All that accept(2) lists.
TEST(AcceptError, TellsAConnectionFromTheHostAndTheSocket) {
  for (const int number :
       {ECONNABORTED, EPERM, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
        ENETUNREACH, ETIMEDOUT, ESOCKTNOSUPPORT, EPROTONOSUPPORT}) {
    EXPECT_TRUE(is_of_one_connection(number)) << number;
    EXPECT_FALSE(is_shortage(number)) << number;
  }
  for (const int number : {EAGAIN, EINTR, EMFILE, ENFILE, ENOBUFS, ENOMEM, EBADF, EFAULT, EINVAL, ENOTSOCK}) {
    EXPECT_FALSE(is_of_one_connection(number)) << number;
  }
}

}  // namespace
}  // namespace demo
