#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace demo {

// A socket address as a plain value: IPv4, IPv6 or a unix path. Compared and printed in canonical form.
class Address {
 public:
  Address() = default;

  // "1.2.3.4:80", "[::1]:80", ":80" (0.0.0.0:80), "unix:/path" (path up to 107 bytes, absolute). Port 0 to
  // 65535; 0 lets the kernel choose. No host names: see Endpoint. Error: kInvalidArgument, value = text, no
  // field.
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

  // The canonical form; parse(to_string()) gives the same address.
  std::string to_string() const;
  // The host part alone: "1.2.3.4", "::1" (no brackets), or "unix:/path".
  std::string host() const;

  bool operator==(const Address& other) const;

 private:
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
