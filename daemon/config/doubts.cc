#include "config/doubts.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/auto_mode.h"
#include "config/no_such_pool.h"

namespace demo {
namespace {

// The name that a listener has which names none, and add-backend.
const std::string kUnnamed = Listener().pool;

}  // namespace

std::vector<std::string> doubts(const Config& config) {
  std::vector<std::string> found;
  for (const Listener& listener : config.listeners) {
    const bool waits =
        listener.mode == ListenerMode::kAuto && mode_in_force(listener) == ListenerMode::kServer;
    if (!waits || listener.pool == kUnnamed || find_pool(config, listener.pool) != nullptr) continue;
    found.push_back(fmt::format(
        "listener {} names the pool \"{}\", which does not exist, and answers by itself until that "
        "has a backend{}",
        listener.address.to_string(), listener.pool, near_pool(config, listener.pool, {kUnnamed})));
  }
  return found;
}

std::vector<std::string> new_doubts(const Config& before, const Config& next) {
  const std::vector<std::string> known = doubts(before);
  std::vector<std::string> found = doubts(next);
  std::erase_if(
      found, [&known](const std::string& doubt) { return std::ranges::find(known, doubt) != known.end(); });
  for (const Pool& pool : next.pools) {
    const bool named = std::ranges::any_of(
        next.listeners, [&pool](const Listener& listener) { return listener.pool == pool.name; });
    if (named || pool.backends.empty() || find_pool(before, pool.name) != nullptr) continue;
    const std::string meant = near_pool(next, pool.name, {kUnnamed});
    if (meant.empty()) continue;
    found.push_back(fmt::format("pool \"{}\" is new, and no listener names it{}", pool.name, meant));
  }
  return found;
}

}  // namespace demo
