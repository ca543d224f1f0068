#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/address.h"
#include "config/pool.h"
#include "http/request_head.h"

namespace demo {

// The header of the PROXY protocol (haproxy.org, "The PROXY protocol", versions 1 and 2), which tells who is
// at the other side of a relay in front of us.
struct ProxyHeader {
  ParseOutcome outcome = ParseOutcome::kIncomplete;
  std::size_t size = 0;      // bytes of the header, after kComplete
  bool has_address = false;  // false: a relay speaking for itself, or an unknown family; ask the socket
  Address source;
  Address destination;
};

// No header is longer: a connection that sends this much without one is refused.
inline constexpr std::size_t kProxyHeaderBytes = 4096;

// Reads a header of either version at the front of bytes. kRejected as soon as it cannot become one. Pure.
ProxyHeader parse_proxy_header(std::string_view bytes);

// Room that any header we write fits in.
inline constexpr std::size_t kWrittenProxyHeaderBytes = 256;

// Writes the header that tells a backend of a client. Version kOff writes nothing. Returns the bytes written;
// into: at least kWrittenProxyHeaderBytes. Of an IPv4 and an IPv6 address the first is told as mapped into
// IPv6; addresses of unix families are told as unknown. Pure.
std::size_t write_proxy_header(std::span<char> into, SendProxyProtocol version, const Address& source,
                               const Address& destination);

}  // namespace demo
