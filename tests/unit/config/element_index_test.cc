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

TEST(ElementIndex, OfNothingFindsNothing) {
  const std::vector<Pool> none;
  EXPECT_EQ(ElementIndex(none).find(Pool{}), nullptr);
}

}  // namespace
}  // namespace demo
