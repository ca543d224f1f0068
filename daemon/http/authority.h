#pragma once

#include <string_view>

namespace demo {

// Whether text is `uri-host [ ":" port ]` (RFC 3986 section 3.2), the value of a Host field and the authority
// of a target. The empty text is: Host may be empty (RFC 9110 section 7.2). In brackets stand an IPv6
// address, with the interface that it belongs to if need be (RFC 6874), or an IPvFuture; anything without
// brackets that is no IPv4 address is a name. No user information; a port may be empty and is at most 65535.
bool is_valid_authority(std::string_view text);

// Whether text is what CONNECT names (RFC 9112 section 3.2.3): a valid authority with a host and a port that
// is neither empty nor 0 (RFC 9110 section 9.3.6).
bool is_connect_authority(std::string_view text);

// The host of a valid authority, without its port.
std::string_view host_of_authority(std::string_view authority);

}  // namespace demo
