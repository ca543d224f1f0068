#include "base/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>

#include "base/fnv_hash.h"
#include "base/utf8.h"
#include "base/whole_number.h"

namespace demo {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";

// An address for messages: as it was typed, and which ones there could be.
struct Typed {
  std::string_view text;
  std::string_view expected;
};

constexpr std::string_view kAddresses = "1.2.3.4:80, [::1]:80, :80 or unix:/path";
constexpr std::string_view kEndpoints = "1.2.3.4:80, name:80, [::1]:80, :80 (127.0.0.1:80) or unix:/path";

Error bad_address(const Typed& typed, std::string_view why) {
  return invalid("", std::string(typed.text),
                 fmt::format("invalid address \"{}\": {}; expected {}", typed.text, why, typed.expected));
}

struct HostPort {
  std::string host;
  std::string port;
  bool bracketed = false;
};

// Splits at the last colon outside brackets. An IPv6 address without brackets is ambiguous and refused by the
// caller.
std::optional<HostPort> split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close + 1 >= text.size() || text[close + 1] != ':')
      return std::nullopt;
    return HostPort{std::string(text.substr(1, close - 1)), std::string(text.substr(close + 2)), true};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return HostPort{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)), false};
}

template <typename T>
Address from_struct(const T& address) {
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

bool has_zones(const in6_addr& host) {
  return IN6_IS_ADDR_LINKLOCAL(&host) || IN6_IS_ADDR_MC_LINKLOCAL(&host) || IN6_IS_ADDR_MC_NODELOCAL(&host);
}

// As the kernel's dev_valid_name(), and nothing that ends the address.
bool is_interface_name(std::string_view name) {
  if (name.empty() || name.size() >= IF_NAMESIZE || name == "." || name == "..") return false;
  if (!is_utf8(name)) return false;  // as of a unix path
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c > ' ' && c != 0x7f && c != '/' && c != ':' && c != '%' && c != '[' && c != ']';
  });
}

// The kernel's number of an interface, by its name or in digits; 0 when there is none.
unsigned interface_index(const char* name) {
  if (const unsigned index = ::if_nametoindex(name); index != 0) return index;
  unsigned index = 0;
  const char* const end = name + std::strlen(name);
  const auto [parsed, error] = std::from_chars(name, end, index);
  return error == std::errc() && parsed == end ? index : 0;
}

sockaddr_in unmapped(const sockaddr_in6& in6) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = in6.sin6_port;
  std::memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof in.sin_addr);
  return in;
}

// Without empty parts and "."; ".." may lead through a symbolic link and stays.
std::string canonical_path(std::string_view rest) {
  std::string path;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (!part.empty() && part != ".") path.append("/").append(part);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  }
  return path.empty() ? "/" : path;
}

Result<Address> parse_unix(std::string_view text, const Typed& typed) {
  const std::string_view written = text.substr(kUnixPrefix.size());
  sockaddr_un un{};
  if (written.empty() || written.front() != '/') return bad_address(typed, "a unix path must be absolute");
  const std::string path = canonical_path(written);
  if (path.size() >= sizeof un.sun_path) {
    return bad_address(typed, fmt::format("a unix path has at most {} bytes", sizeof un.sun_path - 1));
  }
  if (path.find('\0') != std::string::npos) return bad_address(typed, "a unix path holds no NUL");
  // Saved and told to others it would be another path: protobuf's strings are UTF-8.
  if (!is_utf8(path)) return bad_address(typed, "a unix path must be UTF-8");
  un.sun_family = AF_UNIX;
  std::memcpy(un.sun_path, path.data(), path.size());
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&un),
                                static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1));
}

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '.') {
      if (label == 0 || name[i - 1] == '-') return false;
      label = 0;
      continue;
    }
    const bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alnum && c != '_' && !(c == '-' && label > 0)) return false;
    if (++label > 63) return false;
  }
  // An all-numeric name would be a mistyped IPv4 address, never a host.
  return name.back() != '-' && name.find_first_not_of("0123456789.") != std::string_view::npos;
}

// zone: the name of the interface of a link-local address, else as it was.
Result<Address> parse_address(std::string_view text, const Typed& typed, std::string& zone) {
  if (text.starts_with(kUnixPrefix)) return parse_unix(text, typed);
  if (text.find("://") != std::string_view::npos)
    return bad_address(typed, "an address is no URL: nothing stands in front of the host");
  if (text.find(',') != std::string_view::npos)
    return bad_address(typed, "one address, not a list: each is given by itself");
  const auto parts = split(text);
  if (!parts) return bad_address(typed, "no port");
  const auto port = whole_number<std::uint16_t>(parts->port);
  if (!port) return bad_address(typed, "the port is not a number from 0 to 65535");
  // inet_pton(3) would stop at it and take what comes before for the whole.
  if (parts->host.find('\0') != std::string::npos) return bad_address(typed, "an address holds no NUL");
  if (parts->bracketed) {
    const std::size_t percent = std::min(parts->host.find('%'), parts->host.size());
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(*port);
    if (::inet_pton(AF_INET6, parts->host.substr(0, percent).c_str(), &in6.sin6_addr) != 1)
      return bad_address(typed, "not an IPv6 address");
    Address address = from_struct(in6);
    if (percent == parts->host.size()) return address;
    const std::string given = parts->host.substr(percent + 1);
    if (!is_interface_name(given))
      return bad_address(typed, "what follows % is not the name of an interface");
    if (!has_zones(in6.sin6_addr)) return address;
    // One spelling for one interface: a number stands for its name, where it has one.
    char name[IF_NAMESIZE] = "";
    const unsigned index = interface_index(given.c_str());
    zone = index == 0 || ::if_indextoname(index, name) == nullptr ? given : name;
    return address;
  }
  if (parts->host.find(':') != std::string::npos) return bad_address(typed, "an IPv6 address needs brackets");
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(*port);
  if (!parts->host.empty() && ::inet_pton(AF_INET, parts->host.c_str(), &in.sin_addr) != 1) {
    return bad_address(typed, "not an IPv4 address");
  }
  return from_struct(in);
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  std::string zone;
  auto address = parse_address(text, {text, kAddresses}, zone);
  if (address && !zone.empty()) {
    zone.copy(address->zone_name(), IF_NAMESIZE - 1);
    address->look_up_zone();
  }
  return address;
}

Address Address::from_sockaddr(const sockaddr* address, socklen_t size) {
  Address result;
  result.size_ = std::min<socklen_t>(size, sizeof result.storage_);
  std::memcpy(&result.storage_, address, result.size_);
  if (result.family() != AF_INET6) return result;
  static_assert(sizeof(sockaddr_in6) <= kZoneOffset && kZoneOffset + IF_NAMESIZE <= sizeof(sockaddr_storage));
  auto& in6 = *reinterpret_cast<sockaddr_in6*>(&result.storage_);
  in6.sin6_flowinfo = 0;  // of packets, not of the address
  return IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr) ? from_struct(unmapped(in6)) : result;
}

bool Address::look_up_zone() {
  if (family() != AF_INET6 || *zone_name() == '\0') return true;
  const unsigned index = interface_index(zone_name());
  reinterpret_cast<sockaddr_in6*>(&storage_)->sin6_scope_id = index;
  return index != 0;
}

std::string Address::zone() const {
  if (family() != AF_INET6) return "";
  if (*zone_name() != '\0') return zone_name();
  const unsigned index = reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_scope_id;
  if (index == 0) return "";
  char name[IF_NAMESIZE] = "";
  return ::if_indextoname(index, name) != nullptr ? name : std::to_string(index);
}

std::uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
  if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
  return 0;
}

void Address::set_port(std::uint16_t port) {
  if (family() == AF_INET) reinterpret_cast<sockaddr_in*>(&storage_)->sin_port = htons(port);
  if (family() == AF_INET6) reinterpret_cast<sockaddr_in6*>(&storage_)->sin6_port = htons(port);
}

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  switch (family()) {
    case AF_INET:
      ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr, text, sizeof text);
      return text;
    case AF_INET6:
      ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr, text, sizeof text);
      return text;
    case AF_UNIX:
      // An unnamed peer has no path at all.
      if (size_ <= offsetof(sockaddr_un, sun_path)) return std::string(kUnixPrefix);
      return std::string(kUnixPrefix) + reinterpret_cast<const sockaddr_un*>(&storage_)->sun_path;
    default:
      return "";
  }
}

std::string Address::to_string() const {
  if (family() == AF_INET6) {
    const std::string in_zone = zone();
    return fmt::format("[{}{}{}]:{}", host(), in_zone.empty() ? "" : "%", in_zone, port());
  }
  if (family() == AF_INET) return fmt::format("{}:{}", host(), port());
  return host();
}

bool Address::operator==(const Address& other) const {
  if (size_ != other.size_ || family() != other.family()) return false;
  if (family() != AF_INET6) return std::memcmp(&storage_, &other.storage_, size_) == 0;
  const auto& ours = *reinterpret_cast<const sockaddr_in6*>(&storage_);
  const auto& theirs = *reinterpret_cast<const sockaddr_in6*>(&other.storage_);
  return ours.sin6_port == theirs.sin6_port && IN6_ARE_ADDR_EQUAL(&ours.sin6_addr, &theirs.sin6_addr) &&
         ((ours.sin6_scope_id == theirs.sin6_scope_id && ours.sin6_scope_id != 0) || zone() == other.zone());
}

std::uint64_t Address::digest() const {
  if (family() != AF_INET6) {
    return fnv_hash({reinterpret_cast<const char*>(&storage_), static_cast<std::size_t>(size_)});
  }
  const auto& in6 = *reinterpret_cast<const sockaddr_in6*>(&storage_);
  return fnv_hash(in6.sin6_port,
                  fnv_hash({reinterpret_cast<const char*>(&in6.sin6_addr), sizeof in6.sin6_addr}));
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
  const Typed typed{text, kEndpoints};
  const std::string full = text.starts_with(':') ? "127.0.0.1" + std::string(text) : std::string(text);
  const auto parts = split(full);
  // "unix:80" is a host of that name, "unix:x" a path that is none.
  const bool is_path = full.starts_with(kUnixPrefix) && parts && !whole_number<std::uint16_t>(parts->port);
  const bool is_name = !is_path && parts && !parts->bracketed && is_host_name(parts->host);
  Endpoint endpoint;
  if (const auto address = Address::parse(full)) {
    if (!address->is_unix() && address->port() == 0)
      return bad_address(typed, "a backend's port is 1 to 65535");
    endpoint.address = *address;
    endpoint.port = address->port();
    endpoint.text = address->to_string();
    return endpoint;
  } else if (!is_name) {
    std::string no_zone;
    // What is no unix path, and has a port and neither brackets nor colons, may be a name too.
    const bool may_be_name =
        !full.starts_with(kUnixPrefix) && parts && !parts->bracketed && full.find(',') == std::string::npos &&
        parts->host.find(':') == std::string::npos && whole_number<std::uint16_t>(parts->port);
    return may_be_name ? bad_address(typed, "neither an IPv4 address nor a host name")
                       : parse_address(full, typed, no_zone).error();
  }
  const auto port = whole_number<std::uint16_t>(parts->port);
  if (!port || *port == 0) return bad_address(typed, "a backend's port is 1 to 65535");
  endpoint.host = parts->host;
  std::transform(endpoint.host.begin(), endpoint.host.end(), endpoint.host.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  endpoint.port = *port;
  endpoint.text = fmt::format("{}:{}", endpoint.host, *port);
  return endpoint;
}

}  // namespace demo
