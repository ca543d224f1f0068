#include "config/element_index.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace demo {
namespace {

TEST(ElementIndex, FindsTheFirstElementOfAnIdentity) {
  std::vector<Backend> list(3);
  list[0].endpoint = *Endpoint::parse("b:80");
  list[1].endpoint = *Endpoint::parse("a:80");
  list[2].endpoint = *Endpoint::parse("b:80");
  const ElementIndex<Backend> index(list);
  Backend wanted;
  wanted.endpoint = *Endpoint::parse("b:80");
  wanted.weight = 9;
  EXPECT_EQ(index.find(wanted), &list[0]);
  wanted.endpoint = *Endpoint::parse("c:80");
  EXPECT_EQ(index.find(wanted), nullptr);
  wanted.endpoint = {};
  EXPECT_EQ(index.find(wanted), nullptr);
}

TEST(ElementIndex, FindsPoolsByTheirNamesAndListenersByTheirAddresses) {
  std::vector<Pool> pools(2);
  pools[0].name = "b";
  pools[1].name = "a";
  const Pool wanted = pools[1];
  EXPECT_EQ(ElementIndex(pools).find(wanted), &pools[1]);
  std::vector<Listener> listeners(2);
  listeners[1].address = *Address::parse("[::1]:80");
  EXPECT_EQ(ElementIndex(listeners).find(listeners[1]), &listeners[1]);
}

TEST(ElementIndex, FindsAListenerByEachSpellingOfItsZone) {
  std::vector<Listener> listeners(3);
  listeners[0].address = *Address::parse("[fe80::1%none]:80");
  listeners[1].address = *Address::parse("[fe80::1%lo]:80");
  listeners[2].address = *Address::parse("[fe80::1%lo]:81");
  const ElementIndex index(listeners);
  ASSERT_TRUE(listeners[1].address.look_up_zone());
  Listener wanted;
  for (const char* const spelling : {"[fe80::1%lo]:80", "[fe80:0::1%1]:80"}) {
    wanted.address = *Address::parse(spelling);
    ASSERT_TRUE(wanted.address.look_up_zone());
    EXPECT_EQ(index.find(wanted), &listeners[1]) << spelling;
  }
  wanted.address = *Address::parse("[fe80::1%none]:80");
  EXPECT_EQ(index.find(wanted), &listeners[0]);
  wanted.address = *Address::parse("[fe80::1%other]:80");
  EXPECT_EQ(index.find(wanted), nullptr);
}

TEST(ElementIndex, OfNothingFindsNothing) {
  const std::vector<Pool> none;
  EXPECT_EQ(ElementIndex(none).find(Pool{}), nullptr);
}

}  // namespace
}  // namespace demo
