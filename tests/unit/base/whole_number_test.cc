#include "base/whole_number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace demo {
namespace {

TEST(WholeNumber, IsTheWholeText) {
  EXPECT_EQ(whole_number<unsigned>("0"), 0U);
  EXPECT_EQ(whole_number<unsigned>("0080"), 80U);
  EXPECT_EQ(whole_number<int>("-7"), -7);
}

TEST(WholeNumber, IsNoOtherText) {
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "1x", "x", "0x1", "1.0"}) {
    EXPECT_FALSE(whole_number<unsigned>(text)) << text;
  }
}

TEST(WholeNumber, IsOneThatTheTypeHas) {
  EXPECT_EQ(whole_number<std::uint16_t>("65535"), 65535);
  EXPECT_FALSE(whole_number<std::uint16_t>("65536"));
}

}  // namespace
}  // namespace demo
