#include "proxy/client/proxy_protocol.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace demo {
namespace {

Address address(std::string_view text) { return *Address::parse(text); }

std::string written(SendProxyProtocol version, const Address& source, const Address& destination) {
  std::array<char, kWrittenProxyHeaderBytes> bytes;
  return {bytes.data(), write_proxy_header(bytes, version, source, destination)};
}

std::string v2(char command, char family, std::string_view body) {
  std::string bytes("\r\n\r\n\0\r\nQUIT\n", 12);
  bytes += command;
  bytes += family;
  bytes += static_cast<char>(body.size() >> 8);
  bytes += static_cast<char>(body.size() & 0xff);
  return bytes.append(body);
}

void expect_rejected(std::string_view bytes) {
  EXPECT_EQ(parse_proxy_header(bytes).outcome, ParseOutcome::kRejected) << bytes;
}

TEST(ProxyProtocol, ReadsVersion1) {
  const ProxyHeader header = parse_proxy_header("PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\nGET");
  ASSERT_EQ(header.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(header.size, 40U);
  EXPECT_TRUE(header.has_address);
  EXPECT_EQ(header.source, address("192.0.2.1:1000"));
  EXPECT_EQ(header.destination, address("192.0.2.2:80"));
}

TEST(ProxyProtocol, ReadsVersion1OfIpv6AndUnknown) {
  const ProxyHeader six = parse_proxy_header("PROXY TCP6 2001:db8::1 ::1 65535 0\r\n");
  ASSERT_EQ(six.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(six.source, address("[2001:db8::1]:65535"));
  const ProxyHeader unknown = parse_proxy_header("PROXY UNKNOWN ffff:: whatever\r\nx");
  ASSERT_EQ(unknown.outcome, ParseOutcome::kComplete);
  EXPECT_FALSE(unknown.has_address);
  EXPECT_EQ(unknown.size, 31U);
}

TEST(ProxyProtocol, IsIncompleteUntilItsLastByte) {
  for (const SendProxyProtocol version : {SendProxyProtocol::kV1, SendProxyProtocol::kV2}) {
    const std::string bytes = written(version, address("192.0.2.1:1"), address("192.0.2.2:2"));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(parse_proxy_header(std::string_view(bytes).substr(0, size)).outcome,
                ParseOutcome::kIncomplete);
    }
    EXPECT_EQ(parse_proxy_header(bytes).outcome, ParseOutcome::kComplete);
  }
}

TEST(ProxyProtocol, WritesWhatItReads) {
  for (const SendProxyProtocol version : {SendProxyProtocol::kV1, SendProxyProtocol::kV2}) {
    for (const auto& [source, destination] :
         {std::pair("192.0.2.1:1000", "192.0.2.2:80"), std::pair("[2001:db8::1]:1", "[2001:db8::2]:443")}) {
      const std::string bytes = written(version, address(source), address(destination));
      const ProxyHeader header = parse_proxy_header(bytes + "more");
      ASSERT_EQ(header.outcome, ParseOutcome::kComplete);
      EXPECT_EQ(header.size, bytes.size());
      EXPECT_EQ(header.source, address(source));
      EXPECT_EQ(header.destination, address(destination));
    }
  }
}

TEST(ProxyProtocol, MappedClientsAreReadAsIpv4) {
  const std::string mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  for (const std::string& bytes : {std::string("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n"),
                                   v2('\x21', '\x21',
                                      mapped + "\xC0" + std::string("\0\2\1", 3) + mapped + "\xC0" +
                                          std::string("\0\2\2\0\1\0\2", 7))}) {
    const ProxyHeader header = parse_proxy_header(bytes);
    ASSERT_EQ(header.outcome, ParseOutcome::kComplete);
    EXPECT_EQ(header.source.to_string(), "192.0.2.1:1");
    EXPECT_EQ(header.destination.to_string(), "192.0.2.2:2");
  }
}

TEST(ProxyProtocol, WritesAddressesOfTwoFamiliesAsIpv6) {
  EXPECT_EQ(written(SendProxyProtocol::kV1, address("192.0.2.1:1"), address("[::1]:2")),
            "PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n");
  EXPECT_EQ(written(SendProxyProtocol::kV1, address("[::1]:2"), address("192.0.2.1:1")),
            "PROXY TCP6 ::1 ::ffff:192.0.2.1 2 1\r\n");
  const ProxyHeader header =
      parse_proxy_header(written(SendProxyProtocol::kV2, address("192.0.2.1:1"), address("[::1]:2")));
  ASSERT_EQ(header.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(header.source, address("192.0.2.1:1"));
  EXPECT_EQ(header.destination, address("[::1]:2"));
}

TEST(ProxyProtocol, KeepsZonesToItself) {
  EXPECT_EQ(written(SendProxyProtocol::kV1, address("[fe80::1%lo]:1"), address("[fe80::2%lo]:2")),
            "PROXY TCP6 fe80::1 fe80::2 1 2\r\n");
  expect_rejected("PROXY TCP6 fe80::1%lo fe80::2 1 2\r\n");
}

TEST(ProxyProtocol, WritesUnknownForUnixClients) {
  EXPECT_EQ(written(SendProxyProtocol::kV1, Address(), Address()), "PROXY UNKNOWN\r\n");
  const ProxyHeader header = parse_proxy_header(written(SendProxyProtocol::kV2, Address(), Address()));
  ASSERT_EQ(header.outcome, ParseOutcome::kComplete);
  EXPECT_FALSE(header.has_address);
}

TEST(ProxyProtocol, RejectsWhatCannotBecomeAHeader) {
  expect_rejected("GET / HTTP/1.1\r\n");
  expect_rejected("PROXX");
  expect_rejected("PROXY TCP4 192.0.2.1 192.0.2.2 1000\r\n");
  expect_rejected("PROXY TCP4 192.0.2.1 192.0.2.2 1000 80 \r\n");
  expect_rejected("PROXY TCP4  192.0.2.1 192.0.2.2 1000 80\r\n");
  expect_rejected("PROXY TCP4 192.0.2.1 192.0.2.2 1000 65536\r\n");
  expect_rejected("PROXY TCP4 192.0.2.1 192.0.2.2 01000 80\r\n");
  expect_rejected("PROXY TCP4 2001:db8::1 192.0.2.2 1000 80\r\n");
  expect_rejected("PROXY TCP6 192.0.2.1 192.0.2.2 1000 80\r\n");
  expect_rejected("PROXY TCP5 192.0.2.1 192.0.2.2 1000 80\r\n");
  expect_rejected("PROXY TCP4 " + std::string(107, '1'));
}

TEST(ProxyProtocol, RejectsVersion2OfOtherKinds) {
  expect_rejected(v2('\x11', '\x11', std::string(12, '\0')));  // version 1 in version 2's form
  expect_rejected(v2('\x22', '\x11', std::string(12, '\0')));  // command 2
  expect_rejected(v2('\x21', '\x11', std::string(11, '\0')));  // addresses cut off
  expect_rejected(v2('\x21', '\x21', std::string(35, '\0')));
  expect_rejected(v2('\x21', '\x11', std::string(kProxyHeaderBytes, '\0')));
}

TEST(ProxyProtocol, SkipsWhatFollowsTheAddresses) {
  const std::string bytes = v2('\x21', '\x11', std::string("\xC0\0\2\1\xC0\0\2\2\0\1\0\2", 12) + "\x04\0\1x");
  const ProxyHeader header = parse_proxy_header(bytes);
  ASSERT_EQ(header.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(header.size, bytes.size());
  EXPECT_EQ(header.source, address("192.0.2.1:1"));
}

TEST(ProxyProtocol, TakesALocalHeaderForARelaySpeakingForItself) {
  const ProxyHeader header = parse_proxy_header(v2('\x20', '\0', ""));
  ASSERT_EQ(header.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(header.size, 16U);
  EXPECT_FALSE(header.has_address);
}

}  // namespace
}  // namespace demo
