#include "base/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <set>

namespace demo {
namespace {

using testing::HasSubstr;

std::string canonical(std::string_view text) {
  const auto address = Address::parse(text);
  return address ? address->to_string() : "error: " + address.error().message;
}

TEST(Address, ReadsEveryFormAndPrintsItCanonically) {
  EXPECT_EQ(canonical("1.2.3.4:80"), "1.2.3.4:80");
  EXPECT_EQ(canonical(":80"), "0.0.0.0:80");
  EXPECT_EQ(canonical("127.0.0.1:0"), "127.0.0.1:0");
  EXPECT_EQ(canonical("1.2.3.4:65535"), "1.2.3.4:65535");
  EXPECT_EQ(canonical("1.2.3.4:080"), "1.2.3.4:80");
  EXPECT_EQ(canonical("[::1]:80"), "[::1]:80");
  EXPECT_EQ(canonical("[2001:DB8:0:0:0:0:0:1]:80"), "[2001:db8::1]:80");
  EXPECT_EQ(canonical("unix:/run/x.sock"), "unix:/run/x.sock");
}

// Whoever names it: add, set and remove mean one listener, whatever way it is written.
TEST(Address, UnixPathHasOneForm) {
  for (const char* const text : {"unix:/a/b", "unix:/a//b", "unix:///a/./b", "unix:/a/b/", "unix:/./a/b/."}) {
    EXPECT_EQ(canonical(text), "unix:/a/b");
    EXPECT_EQ(*Address::parse(text), *Address::parse("unix:/a/b"));
    EXPECT_EQ(Endpoint::parse(text)->text, "unix:/a/b");
  }
  EXPECT_EQ(canonical("unix:/a/../b"), "unix:/a/../b") << "it may lead through a symbolic link";
  EXPECT_EQ(canonical("unix:/..a/.b"), "unix:/..a/.b");
  EXPECT_EQ(canonical("unix:/"), "unix:/");
}

TEST(Address, TellsItsParts) {
  const Address v4 = *Address::parse("1.2.3.4:80");
  EXPECT_EQ(v4.family(), AF_INET);
  EXPECT_EQ(v4.port(), 80);
  EXPECT_EQ(v4.host(), "1.2.3.4");
  EXPECT_EQ(v4.sockaddr_size(), sizeof(sockaddr_in));
  const Address v6 = *Address::parse("[::1]:81");
  EXPECT_EQ(v6.family(), AF_INET6);
  EXPECT_EQ(v6.port(), 81);
  EXPECT_EQ(v6.host(), "::1");
  const Address local = *Address::parse("unix:/run/x.sock");
  EXPECT_TRUE(local.is_unix());
  EXPECT_EQ(local.port(), 0);
  EXPECT_EQ(local.host(), "unix:/run/x.sock");
}

TEST(Address, RefusesEverythingElseAndSaysWhy) {
  EXPECT_THAT(canonical(""), HasSubstr("no port"));
  EXPECT_THAT(canonical("80"), HasSubstr("no port"));
  EXPECT_THAT(canonical("1.2.3.4"), HasSubstr("no port"));
  EXPECT_THAT(canonical("[::1]"), HasSubstr("no port"));
  EXPECT_THAT(canonical("[::1:80"), HasSubstr("no port"));
  EXPECT_THAT(canonical("[::1]80"), HasSubstr("no port"));
  EXPECT_THAT(canonical("1.2.3.4:"), HasSubstr("the port is not a number from 0 to 65535"));
  EXPECT_THAT(canonical("1.2.3.4:65536"), HasSubstr("the port is not"));
  EXPECT_THAT(canonical("1.2.3.4:-1"), HasSubstr("the port is not"));
  EXPECT_THAT(canonical("1.2.3.4:+1"), HasSubstr("the port is not"));
  EXPECT_THAT(canonical("1.2.3.4:80 "), HasSubstr("the port is not"));
  EXPECT_THAT(canonical("1.2.3.4:0x50"), HasSubstr("the port is not"));
  EXPECT_THAT(canonical("1.2.3:80"), HasSubstr("not an IPv4 address"));
  EXPECT_THAT(canonical("1.2.3.256:80"), HasSubstr("not an IPv4 address"));
  EXPECT_THAT(canonical("localhost:80"), HasSubstr("not an IPv4 address"));
  EXPECT_THAT(canonical("::1:80"), HasSubstr("an IPv6 address needs brackets"));
  EXPECT_THAT(canonical("http://127.0.0.1:80"), HasSubstr("an address is no URL"));
  EXPECT_THAT(canonical("127.0.0.1:1,127.0.0.1:2"), HasSubstr("one address, not a list"));
  EXPECT_THAT(canonical("[1.2.3.4]:80"), HasSubstr("not an IPv6 address"));
  EXPECT_THAT(canonical("[]:80"), HasSubstr("not an IPv6 address"));
  EXPECT_THAT(canonical("unix:run/x"), HasSubstr("a unix path must be absolute"));
  EXPECT_THAT(canonical("unix:"), HasSubstr("a unix path must be absolute"));
}

TEST(Address, NamesTheOffendingTextInItsError) {
  const auto address = Address::parse("nonsense");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(address.error().value, "nonsense");
  EXPECT_THAT(address.error().message, HasSubstr("invalid address \"nonsense\""));
}

TEST(Address, RefusesTextsWithANulByte) {
  EXPECT_FALSE(Address::parse(std::string_view("unix:/a\0b", 9)));
  EXPECT_THAT(canonical("unix:/run/caf\xe9.sock"), HasSubstr("a unix path must be UTF-8"));
  EXPECT_EQ(canonical("unix:/run/caf\xc3\xa9.sock"), "unix:/run/caf\xc3\xa9.sock");
  EXPECT_THAT(canonical("[fe80::1%eth\xff]:80"), HasSubstr("the name of an interface"));
  EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0:80", 11)));
  EXPECT_FALSE(Address::parse(std::string_view("[::1\0]:80", 9)));
}

TEST(Address, TakesUnixPathsUpToTheKernelsLimit) {
  const std::string longest = "unix:/" + std::string(sizeof(sockaddr_un::sun_path) - 2, 'x');
  EXPECT_EQ(canonical(longest), longest);
  EXPECT_THAT(canonical(longest + "x"), HasSubstr("at most 107 bytes"));
}

TEST(Address, ComparesByValue) {
  EXPECT_EQ(*Address::parse(":80"), *Address::parse("0.0.0.0:80"));
  EXPECT_EQ(*Address::parse("[::1]:80"), *Address::parse("[0:0::1]:80"));
  EXPECT_EQ(*Address::parse("unix:/a"), *Address::parse("unix:/a"));
  EXPECT_FALSE(*Address::parse("1.2.3.4:80") == *Address::parse("1.2.3.4:81"));
  EXPECT_FALSE(*Address::parse("1.2.3.4:80") == *Address::parse("1.2.3.5:80"));
  EXPECT_FALSE(*Address::parse("0.0.0.0:80") == *Address::parse("[::]:80"));
  EXPECT_FALSE(*Address::parse("unix:/a") == *Address::parse("unix:/ab"));
  EXPECT_EQ(Address(), Address());
}

TEST(Address, HasOneDigestInEverySpelling) {
  const auto digest = [](const char* text) { return Address::parse(text)->digest(); };
  EXPECT_EQ(digest(":80"), digest("0.0.0.0:80"));
  EXPECT_EQ(digest("[0:0::1]:80"), digest("[::1]:80"));
  EXPECT_EQ(digest("[::ffff:1.2.3.4]:80"), digest("1.2.3.4:80"));
  EXPECT_EQ(digest("[fe80::1%lo]:80"), digest("[fe80::1]:80"));
  EXPECT_EQ(digest("unix:/a//b"), digest("unix:/a/b"));
  const std::set<std::uint64_t> others = {digest("1.2.3.4:80"), digest("1.2.3.4:81"), digest("1.2.3.5:80"),
                                          digest("[::1]:80"),   digest("[::1]:81"),   digest("[::2]:80"),
                                          digest("unix:/a"),    digest("unix:/ab")};
  EXPECT_EQ(others.size(), 8U);
}

TEST(Address, EqualsWhatTheKernelReports) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(80);
  ::inet_pton(AF_INET, "10.0.0.1", &in.sin_addr);
  EXPECT_EQ(Address::from_sockaddr(reinterpret_cast<sockaddr*>(&in), sizeof in),
            *Address::parse("10.0.0.1:80"));
}

TEST(Address, Ipv4MappedIntoIpv6IsThatIpv4AddressWhereverItComesFrom) {
  EXPECT_EQ(canonical("[::ffff:1.2.3.4]:80"), "1.2.3.4:80");
  EXPECT_EQ(canonical("[::ffff:0102:0304]:80"), "1.2.3.4:80");
  EXPECT_EQ(*Address::parse("[::ffff:1.2.3.4]:80"), *Address::parse("1.2.3.4:80"));
  EXPECT_EQ(canonical("[::1.2.3.4]:80"), "[::1.2.3.4]:80") << "compatible, not mapped";
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(80);
  ::inet_pton(AF_INET6, "::ffff:10.0.0.1", &in6.sin6_addr);
  const Address accepted = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&in6), sizeof in6);
  EXPECT_EQ(accepted.family(), AF_INET);
  EXPECT_EQ(accepted.sockaddr_size(), sizeof(sockaddr_in));
  EXPECT_EQ(accepted.to_string(), "10.0.0.1:80");
  EXPECT_EQ(Endpoint::parse("[::ffff:1.2.3.4]:80")->text, "1.2.3.4:80");
}

unsigned scope_of(const Address& address) {
  return reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr())->sin6_scope_id;
}

TEST(Address, LinkLocalAddressNamesItsInterface) {
  const Address address = *Address::parse("[fe80::1%lo]:80");
  EXPECT_EQ(address.to_string(), "[fe80::1%lo]:80");
  EXPECT_EQ(address.host(), "fe80::1");
  EXPECT_EQ(address.zone(), "lo");
  EXPECT_EQ(scope_of(address), ::if_nametoindex("lo"));
  EXPECT_EQ(canonical("[FE80:0::1%" + std::to_string(::if_nametoindex("lo")) + "]:80"), "[fe80::1%lo]:80");
  EXPECT_EQ(Endpoint::parse("[fe80::1%lo]:80")->text, "[fe80::1%lo]:80");
  sockaddr_in6 bound = *reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr());
  const Address reported = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&bound), sizeof bound);
  EXPECT_EQ(reported, address);
  EXPECT_EQ(reported.to_string(), "[fe80::1%lo]:80");
  EXPECT_FALSE(address == *Address::parse("[fe80::1]:80"));
  EXPECT_FALSE(address == *Address::parse("[fe80::2%lo]:80"));
}

TEST(Address, ZoneOfAnInterfaceThatIsNotThereIsKept) {
  for (const char* text : {"[fe80::1%nosuch0]:80", "[fe80::1%4000000000]:80"})
    EXPECT_EQ(canonical(text), text);
  Address address = *Address::parse("[fe80::1%nosuch0]:80");
  EXPECT_EQ(address, *Address::parse("[fe80::1%nosuch0]:80"));
  EXPECT_FALSE(address == *Address::parse("[fe80::1%nosuch1]:80"));
  EXPECT_FALSE(address.look_up_zone());
  EXPECT_TRUE(Address::parse("[fe80::1%lo]:80")->look_up_zone());
  EXPECT_TRUE(Address::parse("[fe80::1]:80")->look_up_zone());
}

TEST(Address, ZoneSaysNothingOfOtherAddresses) {
  EXPECT_EQ(canonical("[::1%lo]:80"), "[::1]:80");
  EXPECT_EQ(canonical("[2001:db8::1%lo]:80"), "[2001:db8::1]:80");
  EXPECT_EQ(*Address::parse("[::1%lo]:80"), *Address::parse("[::1]:80"));
}

TEST(Address, RefusesZonesThatNameNoInterface) {
  for (const char* text : {"[fe80::1%]:80", "[fe80::1%a/b]:80", "[fe80::1%a b]:80", "[fe80::1%a%b]:80",
                           "[::1%]:80", "[fe80::1%a23456789012345x]:80", "[fe80::1%..]:80"}) {
    EXPECT_THAT(canonical(text), HasSubstr("what follows % is not the name of an interface")) << text;
  }
  EXPECT_THAT(canonical("[%lo]:80"), HasSubstr("not an IPv6 address"));
  EXPECT_THAT(canonical("1.2.3.4%lo:80"), HasSubstr("not an IPv4 address"));
}

TEST(Address, PrintsAnUnnamedUnixPeer) {
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  const auto address = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&un), sizeof un.sun_family);
  EXPECT_TRUE(address.is_unix());
  EXPECT_EQ(address.to_string(), "unix:");
}

TEST(Address, ChangesItsPort) {
  Address v4 = *Address::parse("1.2.3.4:0");
  v4.set_port(8080);
  EXPECT_EQ(v4, *Address::parse("1.2.3.4:8080"));
  Address v6 = *Address::parse("[::1]:0");
  v6.set_port(8080);
  EXPECT_EQ(v6, *Address::parse("[::1]:8080"));
  Address local = *Address::parse("unix:/a");
  local.set_port(8080);
  EXPECT_EQ(local, *Address::parse("unix:/a"));
}

std::string endpoint(std::string_view text) {
  const auto parsed = Endpoint::parse(text);
  return parsed ? parsed->text : "error: " + parsed.error().message;
}

TEST(Endpoint, TakesAddresses) {
  const Endpoint parsed = *Endpoint::parse("10.0.0.3:80");
  EXPECT_FALSE(parsed.needs_resolving());
  EXPECT_EQ(parsed.address, *Address::parse("10.0.0.3:80"));
  EXPECT_EQ(parsed.port, 80);
  EXPECT_EQ(endpoint("[0::1]:80"), "[::1]:80");
  EXPECT_EQ(endpoint("unix:/run/app.sock"), "unix:/run/app.sock");
}

TEST(Endpoint, SaysWhatIsWrongWithAUnixPath) {
  EXPECT_THAT(endpoint("unix:/run/caf\xe9.sock"), HasSubstr("a unix path must be UTF-8"));
  EXPECT_THAT(endpoint("unix:/" + std::string(200, 'x')), HasSubstr("a unix path has at most"));
  EXPECT_EQ(endpoint("unix:80"), "unix:80");
}

TEST(Endpoint, MeansThisHostWhenOnlyAPortIsGiven) { EXPECT_EQ(endpoint(":80"), "127.0.0.1:80"); }

TEST(Endpoint, TakesHostNamesInLowerCase) {
  const Endpoint parsed = *Endpoint::parse("Db-1.Example.com:5432");
  EXPECT_TRUE(parsed.needs_resolving());
  EXPECT_EQ(parsed.text, "db-1.example.com:5432");
  EXPECT_EQ(parsed.host, "db-1.example.com");
  EXPECT_EQ(parsed.port, 5432);
  EXPECT_EQ(endpoint("localhost:80"), "localhost:80");
  EXPECT_EQ(endpoint("my_service:80"), "my_service:80");
}

TEST(Endpoint, RefusesPortZero) {
  EXPECT_THAT(endpoint("10.0.0.3:0"), HasSubstr("a backend's port is 1 to 65535"));
  EXPECT_THAT(endpoint("localhost:0"), HasSubstr("a backend's port is 1 to 65535"));
  EXPECT_THAT(endpoint(":0"), HasSubstr("a backend's port is 1 to 65535"));
}

TEST(Endpoint, RefusesWhatIsNoHostName) {
  const std::string label(63, 'a');
  EXPECT_EQ(endpoint(label + ":80"), label + ":80");
  for (const std::string& text :
       {std::string("a..b:80"), std::string(".a:80"), std::string("-a:80"), std::string("a-:80"),
        std::string("a-.b:80"), std::string("a b:80"), std::string("a/b:80"), std::string("1.2.3.400:80"),
        std::string("12345:80"), std::string("localhost"), std::string("localhost:"), std::string("ä:80"),
        label + "a:80", fmt::format("{:a>254}:80", "")}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

TEST(Endpoint, SaysWhatABackendMayBeAndWhatWasTyped) {
  constexpr std::string_view kExpected =
      "; expected 1.2.3.4:80, name:80, [::1]:80, :80 (127.0.0.1:80) or unix:/path";
  const auto told = [&](std::string_view text, std::string_view why) {
    EXPECT_EQ(endpoint(text), fmt::format("error: invalid address \"{}\": {}{}", text, why, kExpected));
  };
  told("ex ample:80", "neither an IPv4 address nor a host name");
  told("1.2.3.400:80", "neither an IPv4 address nor a host name");
  told("foo", "no port");
  told("foo:99999", "a backend's port is 1 to 65535");
  told(":99999", "the port is not a number from 0 to 65535");
  told(":0", "a backend's port is 1 to 65535");
  told("[x]:80", "not an IPv6 address");
  told("unix:x", "a unix path must be absolute");
}

TEST(Endpoint, IsIdentifiedByItsCanonicalText) {
  EXPECT_EQ(*Endpoint::parse("LOCALHOST:80"), *Endpoint::parse("localhost:80"));
  EXPECT_FALSE(*Endpoint::parse("localhost:80") == *Endpoint::parse("localhost:81"));
}

TEST(Endpoint, ReadsItsCanonicalTextBack) {
  for (const char* text : {"10.0.0.3:80", ":80", "[fd00::3]:80", "unix:/a", "Web.Example:8080"}) {
    const Endpoint first = *Endpoint::parse(text);
    EXPECT_EQ(Endpoint::parse(first.text)->text, first.text);
  }
}

}  // namespace
}  // namespace demo
