#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/listener.h"
#include "config/pool.h"

namespace demo {

// What an element of a list is told apart by, and the key of the file that says it. Another identity is
// another element: a pool with a new name is one removed and one added.
inline std::string identity(const Listener& listener) { return listener.address.to_string(); }
inline std::string identity(const Backend& backend) { return backend.endpoint.text; }
inline std::string identity(const Pool& pool) { return pool.name; }

// The same for one identity, and nearly always another one for others: to find an element among many. Texts
// are borrowed.
inline std::uint64_t lookup_key(const Listener& listener) { return listener.address.digest(); }
inline std::string_view lookup_key(const Backend& backend) { return backend.endpoint.text; }
inline std::string_view lookup_key(const Pool& pool) { return pool.name; }

constexpr std::string_view identity_key(const Listener&) { return "address"; }
constexpr std::string_view identity_key(const Backend&) { return "address"; }
constexpr std::string_view identity_key(const Pool&) { return "name"; }

// An element that nobody named has no name, not the one of the default.
inline void forget_identity(Listener& listener) { listener.address = {}; }
inline void forget_identity(Backend& backend) { backend.endpoint = {}; }
inline void forget_identity(Pool& pool) { pool.name.clear(); }

// The same without making texts.
inline bool same_identity(const Listener& a, const Listener& b) { return a.address == b.address; }
inline bool same_identity(const Backend& a, const Backend& b) { return a.endpoint == b.endpoint; }
inline bool same_identity(const Pool& a, const Pool& b) { return a.name == b.name; }

// Borrowed from the list, null when it has no such element.
template <typename T>
const T* find_same(const std::vector<T>& list, const T& element) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const T& other) { return same_identity(other, element); });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace demo
