#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "config/config.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Finds backends of one configuration by their keys, each in logarithmic time: there may be thousands.
// Borrows the configuration, which does not change meanwhile; goes once through each pool that is asked for.
class BackendIndex {
 public:
  explicit BackendIndex(const Config& config) : config_(config) {}

  // Borrowed from the configuration; null when there is none.
  const Backend* find(const BackendKey& key) {
    auto pool = pools_.find(key.pool);
    if (pool == pools_.end()) pool = pools_.emplace(key.pool, backends_of(key.pool)).first;
    const auto found = pool->second.find(key.endpoint);
    return found == pool->second.end() ? nullptr : found->second;
  }

 private:
  using Backends = std::map<std::string_view, const Backend*>;
  Backends backends_of(std::string_view name) const {
    Backends backends;
    const Pool* const pool = find_pool(config_, name);
    if (pool == nullptr) return backends;
    for (const Backend& backend : pool->backends) backends.emplace(backend.endpoint.text, &backend);
    return backends;
  }

  const Config& config_;
  std::map<std::string, Backends, std::less<>> pools_;
};

}  // namespace demo
