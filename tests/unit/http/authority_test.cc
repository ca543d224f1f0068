#include "http/authority.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "http/request_parser.h"

namespace demo {
namespace {

constexpr const char* kValid[] = {
    // IPv6address
    "[::]", "[::1]", "[1::]", "[ab::1]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]",
    "[1:2::7:8]", "[FE80::aBcD]", "[0001:0:0:0:0:0:0:0]", "[::1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]",
    "[::ffff:255.255.255.255]", "[::1]:80", "[::1]:",
    // with the interface that it belongs to (RFC 6874)
    "[fe80::1%25eth0]", "[fe80::1%25eth0]:80", "[fe80::1%25a_b-c.~1]", "[fe80::1%25a%2fb]",
    // IPvFuture
    "[v1.a:b]", "[vF.x]", "[V1.x]:80", "[vab12.a!$&'()*+,;=:-._~]", "[v1.::]",
    // IPv4address, or a name that looks like one
    "127.0.0.1", "0.0.0.0:80", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4",
    // reg-name
    "a", "a.b-c_d~e.", "xn--a", "a%41", "a!$&'()*+,;=b", "%20",
    // ports
    "a:", "a:0", "a:1", "a:65535", "a:00080", "a:000000000000000000000065535"};

constexpr const char* kInvalid[] = {
    // IPv6address
    "[]", "[:]", "[:::]", "[1]", "[1:2:3]", "[ab..cd::1]", "[::1::2]", "[1:2:3:4:5:6:7]", "[::12345]",
    "[1:2:3:4:5:6:7:8:9]", "[1:2:3:4::5:6:7:8]", "[:1::2]", "[1:]", "[1::2:]", "[::g]", "[x]", "[::1", "::1",
    "[::1]]", "[[::1]]", "[::1]x", "[::1.2.3]", "[::1.2.3.256]", "[::1.2.3.04]", "[1.2.3.4]", "[1.2.3.4::]",
    "[1:2:3:4:5:6:7:1.2.3.4]", "[::0x1]", "[ ::1]", "[-1::]", "[::1/64]",
    // with an interface
    "[fe80::1%eth0]", "[fe80::1%25]", "[fe80::1%25a", "[%25lo]", "[fe80::1%25a:b]", "[fe80::1%25a%zz]",
    "[1:2:3%25lo]", "[v1.a%25lo]",
    // IPvFuture
    "[v]", "[v1]", "[v1.]", "[v.a]", "[vg.a]", "[v1a]", "[v1.a/b]", "[v1.a%41]", "[v1.a@b]", "[x1.a]",
    // reg-name
    "a@b", "a/b", "a?b", "a#b", "a b", "a\\b", "a^b", "a%4", "a%zz", "a[", "\xc3\xa4",
    // ports
    ":80", ":", "a:65536", "a:99999", "a:4294967376", "a:18446744073709551696", "a:8x", "a:-1", "a:+80",
    "a:80:80", "a:b", "[::1]:65536", "127.0.0.1:65536"};

std::string head_with_host(const std::string& host) {
  return fmt::format("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", host);
}
std::string head_with_target(const std::string& authority) {
  return fmt::format("GET http://{}/x HTTP/1.1\r\nHost: a\r\n\r\n", authority);
}

unsigned status_of(const std::string& head) {
  RequestParser parser;
  return parser.parse(head) == ParseOutcome::kComplete ? 200 : parser.rejection().status;
}

TEST(Authority, IsWhatRfc3986Says) {
  for (const char* text : kValid) EXPECT_TRUE(is_valid_authority(text)) << text;
  for (const char* text : kInvalid) EXPECT_FALSE(is_valid_authority(text)) << text;
  EXPECT_TRUE(is_valid_authority("")) << "a Host may be empty";
  EXPECT_FALSE(is_valid_authority(std::string_view("[::1\0]", 6)));
}

TEST(Authority, IsJudgedAlikeInHostAndTarget) {
  for (const char* text : kValid) {
    EXPECT_EQ(status_of(head_with_host(text)), 200U) << text;
    EXPECT_EQ(status_of(head_with_target(text)), 200U) << text;
  }
  for (const char* text : kInvalid) {
    EXPECT_EQ(status_of(head_with_host(text)), 400U) << text;
    // There a slash or a question mark ends the authority, and a space the target.
    if (std::string_view(text).find_first_of("/? ") != std::string_view::npos) continue;
    EXPECT_EQ(status_of(head_with_target(text)), 400U) << text;
  }
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\nHost: [1:2:3]\r\n\r\n"), 400U) << "of the oldest version too";
}

TEST(Authority, IsSplitBehindTheHost) {
  EXPECT_EQ(host_of_authority("[v1.a:b]:80"), "[v1.a:b]");
  EXPECT_EQ(host_of_authority("[fe80::1%25eth0]:80"), "[fe80::1%25eth0]");
  EXPECT_EQ(host_of_authority("a:"), "a");
  EXPECT_EQ(host_of_authority(""), "");
}

TEST(Authority, OfConnectHasAPortThatOneCanConnectTo) {
  const auto connect = [](const std::string& authority) {
    return status_of(fmt::format("CONNECT {} HTTP/1.1\r\nHost: a\r\n\r\n", authority));
  };
  for (const char* text : {"a:443", "[::1]:1", "[v1.a:b]:65535", "127.0.0.1:80"}) {
    EXPECT_EQ(connect(text), 501U) << text << ": valid, but not offered";
  }
  for (const char* text :
       {"a", "a:", "a:0", "a:65536", "[1:2:3]:80", "[::1]", ":80", "/", "http://a:80/", "*"}) {
    EXPECT_EQ(connect(text), 400U) << text;
  }
}

}  // namespace
}  // namespace demo
