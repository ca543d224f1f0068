#include "channel/address_codec.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(AddressCodec, RefusesOtherSizesAndFamilies) {
  const std::string bytes = encode_address(*Address::parse("1.2.3.4:80"));
  EXPECT_TRUE(decode_address(bytes));
  EXPECT_FALSE(decode_address(""));
  EXPECT_FALSE(decode_address("x"));
  EXPECT_FALSE(decode_address(bytes + "x"));
  EXPECT_FALSE(decode_address(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(decode_address(std::string(16, '\xee')));
}

}  // namespace
}  // namespace demo
