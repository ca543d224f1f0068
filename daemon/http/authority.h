#pragma once

#include <string_view>

namespace demo {

// Whether text is `uri-host [ ":" port ]` (RFC 3986 section 3.2), the value of a Host field. The empty text
// is: Host may be empty (RFC 9110 section 7.2). No user information, no zone.
bool is_valid_authority(std::string_view text);

// The host of a valid authority, without its port.
std::string_view host_of_authority(std::string_view authority);

}  // namespace demo
