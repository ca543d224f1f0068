#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/unique_fd.h"

namespace demo {

// Descriptors by what names they go from one version of the daemon to the next.
using NamedFds = std::map<std::string, UniqueFd>;

// How the names of what the control API listens with begin.
inline constexpr const char* kApiNames = "api-";

// The one of that name, taken out; empty: there is none.
inline UniqueFd take_named(NamedFds& fds, const std::string& name) {
  auto entry = fds.extract(name);
  return entry.empty() ? UniqueFd() : std::move(entry.mapped());
}

}  // namespace demo
