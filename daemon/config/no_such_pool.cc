#include "config/no_such_pool.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "text/closest_word.h"

namespace demo {

std::string near_pool(const Config& config, const std::string& name) {
  std::vector<std::string> names;
  for (const Pool& pool : config.pools) names.push_back(pool.name);
  return text::did_you_mean(text::nearest_word(name, names));
}

Error no_such_pool(const Config& config, const std::string& name, std::string field) {
  return {ErrorCode::kNotFound, fmt::format("no pool is named \"{}\"{}", name, near_pool(config, name)),
          std::move(field), name};
}

}  // namespace demo
