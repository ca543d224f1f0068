#include "proxy/client/proxy_protocol.h"

#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace demo {
namespace {

constexpr std::string_view kSignatureV1 = "PROXY ";
constexpr std::string_view kSignatureV2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kLineBytesV1 = 107;  // with CRLF, section 2.1
constexpr std::size_t kFixedBytesV2 = 16;
constexpr unsigned char kVersion2 = 0x20;
constexpr unsigned char kCommandLocal = 0x0;
constexpr unsigned char kCommandProxy = 0x1;
constexpr unsigned char kTcp4 = 0x11;
constexpr unsigned char kTcp6 = 0x21;
constexpr std::size_t kAddressesTcp4 = 12;
constexpr std::size_t kAddressesTcp6 = 36;

bool could_become(std::string_view bytes, std::string_view signature) {
  const std::size_t known = std::min(bytes.size(), signature.size());
  return bytes.substr(0, known) == signature.substr(0, known);
}

// The next word of a version 1 line; empty when there is none or two spaces meet.
std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

bool parse_endpoint_v1(std::string_view host, std::string_view port_text, bool v6, Address& address) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  const bool leading_zero = port_text.size() > 1 && port_text.front() == '0';
  if (error != std::errc() || end != port_text.data() + port_text.size() || port > 65535 || leading_zero) {
    return false;
  }
  if (host.find_first_of("[]%") != std::string_view::npos || host.empty()) return false;
  const Result<Address> parsed =
      Address::parse(v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port));
  // In brackets nothing but IPv6 is taken; an IPv4 address may be mapped there.
  if (!parsed || (!v6 && parsed->family() != AF_INET)) return false;
  address = *parsed;
  return true;
}

ProxyHeader parse_v1(std::string_view bytes) {
  ProxyHeader header;
  const std::size_t end = bytes.substr(0, kLineBytesV1).find("\r\n");
  if (end == std::string_view::npos) {
    header.outcome = bytes.size() >= kLineBytesV1 ? ParseOutcome::kRejected : ParseOutcome::kIncomplete;
    return header;
  }
  header.outcome = ParseOutcome::kRejected;
  std::string_view line = bytes.substr(kSignatureV1.size(), end - kSignatureV1.size());
  const std::string_view family = take_word(line);
  if (family == "TCP4" || family == "TCP6") {
    const bool v6 = family == "TCP6";
    const std::string_view source = take_word(line);
    const std::string_view destination = take_word(line);
    const std::string_view source_port = take_word(line);
    if (!parse_endpoint_v1(source, source_port, v6, header.source)) return header;
    if (!parse_endpoint_v1(destination, line, v6, header.destination)) return header;
    header.has_address = true;
  } else if (family != "UNKNOWN") {
    return header;
  }
  header.outcome = ParseOutcome::kComplete;
  header.size = end + 2;
  return header;
}

std::uint16_t read_u16(std::string_view bytes) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 |
                                    static_cast<unsigned char>(bytes[1]));
}

Address address_v4(std::string_view host, std::string_view port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  std::memcpy(&v4.sin_addr, host.data(), sizeof v4.sin_addr);
  std::memcpy(&v4.sin_port, port.data(), sizeof v4.sin_port);
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
}

Address address_v6(std::string_view host, std::string_view port) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  std::memcpy(&v6.sin6_addr, host.data(), sizeof v6.sin6_addr);
  std::memcpy(&v6.sin6_port, port.data(), sizeof v6.sin6_port);
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
}

ProxyHeader parse_v2(std::string_view bytes) {
  ProxyHeader header;
  if (bytes.size() < kFixedBytesV2) return header;
  const auto command = static_cast<unsigned char>(bytes[12]);
  const auto family = static_cast<unsigned char>(bytes[13]);
  const std::size_t length = read_u16(bytes.substr(14));
  const bool known_command = command == (kVersion2 | kCommandLocal) || command == (kVersion2 | kCommandProxy);
  const bool proxied = command == (kVersion2 | kCommandProxy);
  const std::size_t needed = !proxied || (family != kTcp4 && family != kTcp6) ? 0
                             : family == kTcp4                                ? kAddressesTcp4
                                                                              : kAddressesTcp6;
  if (!known_command || kFixedBytesV2 + length > kProxyHeaderBytes || length < needed) {
    header.outcome = ParseOutcome::kRejected;
    return header;
  }
  if (bytes.size() < kFixedBytesV2 + length) return header;
  const std::string_view body = bytes.substr(kFixedBytesV2, length);
  if (needed == kAddressesTcp4) {
    header.source = address_v4(body.substr(0), body.substr(8));
    header.destination = address_v4(body.substr(4), body.substr(10));
  } else if (needed == kAddressesTcp6) {
    header.source = address_v6(body.substr(0), body.substr(32));
    header.destination = address_v6(body.substr(16), body.substr(34));
  }
  header.has_address = needed != 0;
  header.outcome = ParseOutcome::kComplete;
  header.size = kFixedBytesV2 + length;
  return header;
}

// Appends a plain value's bytes.
template <typename T>
void put(char*& at, const T& value) {
  std::memcpy(at, &value, sizeof value);
  at += sizeof value;
}

bool is_ip(const Address& address) { return address.family() == AF_INET || address.family() == AF_INET6; }

// RFC 4291 section 2.5.5.2.
constexpr std::string_view kMappedText = "::ffff:";
constexpr std::string_view kMappedBytes{"\0\0\0\0\0\0\0\0\0\0\xff\xff", 12};

// In the address's own family, or as IPv6.
std::string host_text(const Address& address, bool v6) {
  return std::string(v6 && address.family() == AF_INET ? kMappedText : "") + address.host();
}

in6_addr host_v6(const Address& address) {
  if (address.family() == AF_INET6) {
    return reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr())->sin6_addr;
  }
  in6_addr mapped{};
  std::memcpy(&mapped, kMappedBytes.data(), kMappedBytes.size());
  std::memcpy(&mapped.s6_addr[kMappedBytes.size()],
              &reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr())->sin_addr, sizeof(in_addr));
  return mapped;
}

std::size_t write_v2(std::span<char> into, const Address& source, const Address& destination, int family) {
  char* at = into.data();
  std::memcpy(at, kSignatureV2.data(), kSignatureV2.size());
  at += kSignatureV2.size();
  const bool v4 = family == AF_INET;
  const bool v6 = family == AF_INET6;
  *at++ = static_cast<char>(kVersion2 | kCommandProxy);
  *at++ = static_cast<char>(v4 ? kTcp4 : v6 ? kTcp6 : 0);
  put(at, htons(static_cast<std::uint16_t>(v4 ? kAddressesTcp4 : v6 ? kAddressesTcp6 : 0)));
  if (v4) {
    const auto& from = *reinterpret_cast<const sockaddr_in*>(source.sockaddr_ptr());
    const auto& to = *reinterpret_cast<const sockaddr_in*>(destination.sockaddr_ptr());
    put(at, from.sin_addr);
    put(at, to.sin_addr);
    put(at, from.sin_port);
    put(at, to.sin_port);
  } else if (v6) {
    put(at, host_v6(source));
    put(at, host_v6(destination));
    put(at, htons(source.port()));
    put(at, htons(destination.port()));
  }
  return static_cast<std::size_t>(at - into.data());
}

std::size_t write_v1(std::span<char> into, const Address& source, const Address& destination, int family) {
  const auto written =
      family == AF_UNSPEC
          ? fmt::format_to_n(into.data(), into.size(), "PROXY UNKNOWN\r\n")
          : fmt::format_to_n(into.data(), into.size(), "PROXY TCP{} {} {} {} {}\r\n",
                             family == AF_INET ? 4 : 6, host_text(source, family == AF_INET6),
                             host_text(destination, family == AF_INET6), source.port(), destination.port());
  return written.size;
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view bytes) {
  const bool v1 = could_become(bytes, kSignatureV1);
  const bool v2 = could_become(bytes, kSignatureV2);
  if (v2 && bytes.size() >= kSignatureV2.size()) return parse_v2(bytes);
  if (v1 && bytes.size() >= kSignatureV1.size()) return parse_v1(bytes);
  ProxyHeader header;
  header.outcome = v1 || v2 ? ParseOutcome::kIncomplete : ParseOutcome::kRejected;
  return header;
}

std::size_t write_proxy_header(std::span<char> into, SendProxyProtocol version, const Address& source,
                               const Address& destination) {
  const int family = !is_ip(source) || !is_ip(destination)     ? AF_UNSPEC
                     : source.family() == destination.family() ? source.family()
                                                               : AF_INET6;
  switch (version) {
    case SendProxyProtocol::kOff:
      return 0;
    case SendProxyProtocol::kV1:
      return write_v1(into, source, destination, family);
    case SendProxyProtocol::kV2:
      return write_v2(into, source, destination, family);
  }
  return 0;
}

}  // namespace demo
