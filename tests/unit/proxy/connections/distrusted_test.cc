#include "proxy/connections/distrusted.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/limits.h"

namespace demo {
namespace {

Address numbered(unsigned port) { return *Address::parse(fmt::format("127.0.0.1:{}", port)); }

TEST(Distrusted, RemembersTheLastTimeOfAnAddress) {
  Distrusted distrusted;
  EXPECT_EQ(distrusted.until_ns(numbered(1)), 0U);
  distrusted.add(numbered(1), 10, 20);
  distrusted.add(numbered(2), 10, 25);
  distrusted.add(numbered(1), 15, 30);
  EXPECT_EQ(distrusted.until_ns(numbered(1)), 30U);
  EXPECT_EQ(distrusted.until_ns(numbered(2)), 25U);
}

TEST(Distrusted, ForgetsTheFirstDueBeyondItsBound) {
  Distrusted distrusted;
  const unsigned most = limits::kBackendMembers;
  for (unsigned port = 1; port <= most + 1; ++port) distrusted.add(numbered(port), 0, 1000 + port);
  EXPECT_EQ(distrusted.until_ns(numbered(1)), 0U);
  EXPECT_EQ(distrusted.until_ns(numbered(2)), 1002U);
  EXPECT_EQ(distrusted.until_ns(numbered(most + 1)), 1000U + most + 1);
}

}  // namespace
}  // namespace demo
