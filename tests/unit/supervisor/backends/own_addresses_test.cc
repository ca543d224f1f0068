#include "supervisor/backends/own_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <memory>

#include "unit/own_network.h"

namespace demo {
namespace {

using testing::UnorderedElementsAreArray;

// Those that netlink(7) lists.
std::vector<Address> listed_addresses() {
  std::vector<Address> addresses;
  ifaddrs* list = nullptr;
  EXPECT_EQ(::getifaddrs(&list), 0);
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    const int family = entry->ifa_addr->sa_family;
    if (family == AF_INET) addresses.push_back(Address::from_sockaddr(entry->ifa_addr, sizeof(sockaddr_in)));
    if (family == AF_INET6)
      addresses.push_back(Address::from_sockaddr(entry->ifa_addr, sizeof(sockaddr_in6)));
  }
  return addresses;
}

TEST(OwnAddresses, AreThoseThatNetlinkLists) {
  EXPECT_THAT(own_addresses(), UnorderedElementsAreArray(listed_addresses()));
}

TEST(OwnAddresses, AreAllOfEveryInterfaceHoweverMany) {
  const char* const made =
      "ip link add one type veth peer name two && "
      "for i in one two; do ip link set $i addrgenmode none && ip link set $i up || exit 1; done; "
      "ip address add fe80::7/64 dev one nodad && ip address add fd00::1:2/64 dev two nodad && "
      "for i in $(seq 100); do ip address add 10.1.0.$i/24 dev two || exit 1; done";
  const bool ran = test::in_own_network(made, [] {
    const std::vector<Address> own = own_addresses();
    EXPECT_THAT(own, UnorderedElementsAreArray(listed_addresses()));
    EXPECT_THAT(own, testing::Contains(*Address::parse("10.1.0.100:0")));
    EXPECT_THAT(own, testing::Contains(*Address::parse("[fe80::7%one]:0")));
    EXPECT_THAT(own, testing::Contains(*Address::parse("[fd00::1:2]:0")));
  });
  if (!ran) GTEST_SKIP() << test::kNoOwnNetwork;
}

TEST(OwnAddresses, AreReadWhereTheHostHasNoIpv6) {
  const bool ran = test::in_own_network(test::kWithoutIpv6, [] {
    EXPECT_THAT(own_addresses(), testing::ElementsAre(*Address::parse("127.0.0.1:0")));
  });
  if (!ran) GTEST_SKIP() << test::kNoOwnNetwork;
}

TEST(FamilyOfHost, IsTheOneThatAddressesBeyondTheLoopbackHaveAlone) {
  const std::string four = "ip address add 10.1.0.1/24 dev lo";
  const std::string six = "ip address add fd00::1/64 dev lo nodad";
  const auto expect = [](const std::string& made, int family) {
    return test::in_own_network(made, [&] { EXPECT_EQ(family_of_host(), family) << made; });
  };
  if (!expect(four, AF_INET)) GTEST_SKIP() << test::kNoOwnNetwork;
  EXPECT_TRUE(expect(six, AF_INET6));
  EXPECT_TRUE(expect(four + " && " + six, AF_UNSPEC));
  EXPECT_TRUE(expect("true", AF_UNSPEC));
}

}  // namespace
}  // namespace demo
