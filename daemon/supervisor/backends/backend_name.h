#pragma once

#include <fmt/format.h>

#include <string>

namespace demo {

// "pool/endpoint", as events and log lines name a backend.
inline std::string backend_name(const std::string& pool, const std::string& endpoint) {
  return fmt::format("{}/{}", pool, endpoint);
}

}  // namespace demo
