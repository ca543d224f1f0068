#include "supervisor/backends/forward_loop_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "config/auto_mode.h"
#include "config/forward_loops.h"
#include "config/problems.h"
#include "supervisor/backends/own_addresses.h"

namespace demo {

Status ForwardLoopWatch::check(const Config& running, const Config& next) const {
  std::vector<Address> own = own_addresses();
  // A host that cannot tell just now has those that it had.
  if (own.empty()) own = own_;
  const std::vector<LoopingBackend> before = find_configured_loops(running, own);
  for (const LoopingBackend& loop : find_configured_loops(next, own)) {
    if (std::find(before.begin(), before.end(), loop) != before.end()) continue;
    return invalid(fmt::format("pools.{}.backends.{}.address", loop.pool, loop.endpoint), loop.endpoint,
                   fmt::format("the backend {} of pool \"{}\" is a listener of this daemon that forwards to "
                               "this pool, which would never end",
                               loop.endpoint, loop.pool));
  }
  return {};
}

bool ForwardLoopWatch::host_changed() const {
  const std::vector<Address> own = own_addresses();
  return !own.empty() && own != own_;
}

void ForwardLoopWatch::find(const Config& config, const Bound& bound, const MemberTable& members) {
  if (auto own = own_addresses(); !own.empty()) own_ = std::move(own);
  std::vector<LoopListener> listeners;
  for (const Listener& listener : config.listeners) {
    const ListenerMode mode = mode_in_force(listener);
    const bool forwards = mode == ListenerMode::kProxy || mode == ListenerMode::kTcp;
    if (const auto address = bound(listener))
      listeners.push_back(loop_listener(listener, *address, forwards));
  }
  std::vector<LoopMember> candidates;
  std::vector<std::pair<std::uint32_t, std::string>> names;
  for (const Pool& pool : config.pools) {
    for (const Backend& backend : pool.backends) {
      for (const ResolvedAddress& facts : members.facts(pool, backend)) {
        candidates.push_back({pool.name, facts.address});
        names.emplace_back(facts.slot, fmt::format("backend {}/{}", pool.name, backend.endpoint.text));
      }
    }
  }
  const std::vector<bool> loops = find_forward_loops(listeners, candidates, own_);
  std::set<std::uint32_t> found;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    if (!loops[i]) continue;
    found.insert(names[i].first);
    if (slots_.contains(names[i].first)) continue;
    events_.announce(EventKind::kWarning, LogLevel::kWarning, names[i].second,
                     fmt::format("{} is a listener of this daemon that forwards to the same pool: left out",
                                 candidates[i].address.to_string()));
  }
  slots_ = std::move(found);
}

}  // namespace demo
