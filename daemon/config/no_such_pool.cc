#include "config/no_such_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/closest_word.h"

namespace demo {

std::string near_pool(const Config& config, const std::string& name, std::vector<std::string> granted) {
  std::vector<std::string>& names = granted;
  std::erase(names, name);
  for (const Pool& pool : config.pools) {
    if (pool.name != name && std::ranges::find(names, pool.name) == names.end()) names.push_back(pool.name);
  }
  return text::did_you_mean(text::nearest_word(name, names));
}

Error no_such_pool(const Config& config, const std::string& name, std::string field) {
  return {ErrorCode::kNotFound, fmt::format("no pool is named \"{}\"{}", name, near_pool(config, name)),
          std::move(field), name};
}

}  // namespace demo
