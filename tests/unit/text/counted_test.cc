#include "text/counted.h"

#include <gtest/gtest.h>

namespace demo::text {
namespace {

TEST(Counted, AgreesWithTheNumber) {
  EXPECT_EQ(counted(0, "request"), "0 requests");
  EXPECT_EQ(counted(1, "request"), "1 request");
  EXPECT_EQ(counted(2, "request"), "2 requests");
  EXPECT_EQ(counted(1, "address", "addresses"), "1 address");
  EXPECT_EQ(counted(3, "address", "addresses"), "3 addresses");
}

}  // namespace
}  // namespace demo::text
