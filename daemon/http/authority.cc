#include "http/authority.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "http/character_class.h"

namespace demo {
namespace {

// RFC 6874 section 2: behind an IPv6 address, the interface that it belongs to.
constexpr std::string_view kZoneMark = "%25";
constexpr unsigned kPortMax = 65535;

// How much at the front of text is of a class or percent-encoded.
std::size_t encoded_length(std::string_view text, CharClass allowed) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_in(allowed, text[i])) {
      ++i;
    } else if (text[i] == '%' && text.size() - i > 2 && is_in(CharClass::kHex, text[i + 1]) &&
               is_in(CharClass::kHex, text[i + 2])) {
      i += 3;
    } else {
      break;
    }
  }
  return i;
}

bool is_ipv6(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
  std::ranges::copy(text, copy.begin());
  in6_addr address{};
  return ::inet_pton(AF_INET6, copy.data(), &address) == 1;
}

bool is_zone(std::string_view text) {
  return !text.empty() && encoded_length(text, CharClass::kUnreserved) == text.size();
}

// IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) (RFC 3986 section 3.2.2)
bool is_ip_future(std::string_view text) {
  if (to_lower(text.front()) != 'v') return false;
  const std::size_t dot = std::min(text.find('.'), text.size());
  const std::string_view version = text.substr(1, dot - 1);
  const std::string_view address = text.substr(std::min(dot + 1, text.size()));
  const auto is_hex = [](char c) { return is_in(CharClass::kHex, c); };
  const auto is_address = [](char c) { return c == ':' || is_in(CharClass::kHost, c); };
  return !version.empty() && std::ranges::all_of(version, is_hex) && !address.empty() &&
         std::ranges::all_of(address, is_address);
}

bool is_ip_literal(std::string_view text) {
  if (text.empty()) return false;
  const std::size_t zone = text.find(kZoneMark);
  if (zone == std::string_view::npos) return is_ipv6(text) || is_ip_future(text);
  return is_ipv6(text.substr(0, zone)) && is_zone(text.substr(zone + kZoneMark.size()));
}

// Length of the host at the front of text, npos when it is none. An IP-literal keeps its brackets.
std::size_t host_length(std::string_view text) {
  if (!text.starts_with('[')) return encoded_length(text, CharClass::kHost);
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos || !is_ip_literal(text.substr(1, end - 1))) return std::string_view::npos;
  return end + 1;
}

// The number that digits are, kPortMax + 1 for all that are larger or hold something else.
unsigned port_of(std::string_view digits) {
  unsigned port = 0;
  for (const char c : digits) {
    if (!is_in(CharClass::kDigit, c)) return kPortMax + 1;
    port = std::min(port * 10 + static_cast<unsigned>(c - '0'), kPortMax + 1);
  }
  return port;
}

}  // namespace

bool is_valid_authority(std::string_view text) {
  const std::size_t host = host_length(text);
  if (host == std::string_view::npos) return false;
  if (host == text.size()) return true;
  return host > 0 && text[host] == ':' && port_of(text.substr(host + 1)) <= kPortMax;
}

bool is_connect_authority(std::string_view text) {
  if (!is_valid_authority(text)) return false;
  const std::size_t host = host_length(text);
  return host < text.size() && port_of(text.substr(host + 1)) > 0;
}

std::string_view host_of_authority(std::string_view authority) {
  const std::size_t length = host_length(authority);
  return length == std::string_view::npos ? std::string_view() : authority.substr(0, length);
}

}  // namespace demo
