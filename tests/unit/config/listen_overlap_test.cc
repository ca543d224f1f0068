#include "config/listen_overlap.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

bool overlap(const std::string& one, const std::string& other, bool v6only = false) {
  const ListenClaim a{*Address::parse(one), v6only, 0};
  const ListenClaim b{*Address::parse(other), v6only, 0};
  EXPECT_EQ(overlaps(a, b), overlaps(b, a));
  return overlaps(a, b);
}

TEST(ListenOverlap, KnowsWhatAWildcardTakes) {
  EXPECT_TRUE(overlap("0.0.0.0:80", "127.0.0.1:80"));
  EXPECT_TRUE(overlap("[::]:80", "[::1]:80"));
  EXPECT_TRUE(overlap("[::]:80", "0.0.0.0:80"));
  EXPECT_TRUE(overlap("[::]:80", "10.0.0.1:80"));
  EXPECT_FALSE(overlap("[::]:80", "0.0.0.0:80", true));
  EXPECT_FALSE(overlap("[::1]:80", "0.0.0.0:80"));
  EXPECT_FALSE(overlap("0.0.0.0:80", "0.0.0.0:81"));
  EXPECT_FALSE(overlap("127.0.0.1:80", "127.0.0.2:80"));
  EXPECT_TRUE(overlap("127.0.0.1:80", "[::ffff:127.0.0.1]:80"));
  EXPECT_FALSE(overlap("unix:/a", "0.0.0.0:80"));
}

TEST(ListenOverlap, KeepsInterfacesApart) {
  const Address any = *Address::parse("0.0.0.0:80");
  EXPECT_FALSE(overlaps({any, false, 1}, {any, false, 2}));
  EXPECT_TRUE(overlaps({any, false, 1}, {any, false, 0}));
}

}  // namespace
}  // namespace demo
