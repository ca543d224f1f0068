#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace demo {

// A socket address as a plain value: IPv4, IPv6 or a unix path. Compared and printed in canonical form: an
// IPv4 address that is mapped into IPv6 ("::ffff:1.2.3.4", RFC 4291 section 2.5.5.2) is the IPv4 address that
// it stands for, wherever it comes from; a unix path has no empty part and no ".".
class Address {
 public:
  Address() = default;

  // "1.2.3.4:80", "[::1]:80", ":80" (0.0.0.0:80), "unix:/path" (path up to 107 bytes, absolute). Port 0 to
  // 65535; 0 lets the kernel choose. No host names: see Endpoint. Error: kInvalidArgument, value = text, no
  // field.
  // "[fe80::1%eth0]:80" names the interface of a link-local address, its zone (RFC 4007 section 11), by name
  // or number; of other addresses a zone says nothing and is dropped. The interface need not be there yet.
  static Result<Address> parse(std::string_view text);

  // From what accept(2), getsockname(2) or getaddrinfo(3) gave.
  static Address from_sockaddr(const sockaddr* address, socklen_t size);

  const sockaddr* sockaddr_ptr() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t sockaddr_size() const { return size_; }
  int family() const { return storage_.ss_family; }
  bool is_unix() const { return family() == AF_UNIX; }
  // Host byte order; 0 for unix.
  std::uint16_t port() const;
  void set_port(std::uint16_t port);
  // Asks the kernel for the number that the zone's interface has now; an interface that is made anew gets
  // another one. False when there is a zone and no such interface.
  bool look_up_zone();

  // The canonical form; parse(to_string()) gives the same address.
  std::string to_string() const;
  // The host part alone: "1.2.3.4", "::1" (no brackets, no zone, which means nothing to other hosts), or
  // "unix:/path".
  std::string host() const;
  // The name of the interface of a link-local address, its number when it has no name; else empty.
  std::string zone() const;

  bool operator==(const Address& other) const;
  // The same number for equal addresses, and nearly always another one for others: to find one among many. It
  // passes the zone over, since a name and a number may be those of one interface.
  std::uint64_t digest() const;

 private:
  // The zone's name as it was written, behind the sockaddr_in6: empty when the kernel gave the address.
  char* zone_name() { return reinterpret_cast<char*>(&storage_) + kZoneOffset; }
  const char* zone_name() const { return reinterpret_cast<const char*>(&storage_) + kZoneOffset; }
  static constexpr std::size_t kZoneOffset = 64;

  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

// Where a backend is: an address, or a host name with a port that the supervisor resolves.
struct Endpoint {
  std::string text;  // canonical: an Address's form or "name:port"; the endpoint's identity
  std::string host;  // the name, empty when the endpoint is an address
  std::uint16_t port = 0;
  Address address;  // valid when host is empty

  // As Address::parse, and "name:port" with a DNS name (RFC 1123 labels). Port 1 to 65535; ":80" means
  // 127.0.0.1:80.
  static Result<Endpoint> parse(std::string_view text);
  bool needs_resolving() const { return !host.empty(); }
  bool operator==(const Endpoint& other) const { return text == other.text; }
};

}  // namespace demo
