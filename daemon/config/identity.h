#pragma once

#include <string>
#include <string_view>

#include "config/listener.h"
#include "config/pool.h"

namespace demo {

// What an element of a list is told apart by, and the key of the file that says it. Another identity is
// another element: a pool with a new name is one removed and one added.
inline std::string identity(const Listener& listener) { return listener.address.to_string(); }
inline std::string identity(const Backend& backend) { return backend.endpoint.text; }
inline std::string identity(const Pool& pool) { return pool.name; }

constexpr std::string_view identity_key(const Listener&) { return "address"; }
constexpr std::string_view identity_key(const Backend&) { return "address"; }
constexpr std::string_view identity_key(const Pool&) { return "name"; }

}  // namespace demo
