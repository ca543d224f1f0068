#pragma once

#include <string_view>

namespace demo {

// Whether a connection may be switched to this protocol, an element of an Upgrade field: a name, with a
// version behind a slash if need be (RFC 9110 section 7.8). Not to another version of HTTP or to TLS: the
// requests of such a connection would be hidden from who counts, limits and checks them (RFC 9113 section 3.1
// made h2c obsolete).
bool may_switch_to(std::string_view protocol);

}  // namespace demo
