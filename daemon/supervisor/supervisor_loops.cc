// How the supervisor keeps the daemon from forwarding to itself for ever.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "config/auto_mode.h"
#include "config/forward_loops.h"
#include "config/problems.h"
#include "supervisor/listening/own_addresses.h"
#include "supervisor/supervisor.h"

namespace demo {

// What runs already is no reason to refuse another change, nor is it one at the start: members that make a
// loop are left out in any case.
Status Supervisor::check_loops(const Config& next) const {
  if (generation_ == 0) return {};
  std::vector<Address> own = own_addresses();
  // A host that cannot tell just now has those that it had.
  if (own.empty()) own = own_addresses_;
  const std::vector<LoopingBackend> before = find_configured_loops(config_, own);
  for (const LoopingBackend& loop : find_configured_loops(next, own)) {
    if (std::find(before.begin(), before.end(), loop) != before.end()) continue;
    return invalid(fmt::format("pools.{}.backends.{}.address", loop.pool, loop.endpoint), loop.endpoint,
                   fmt::format("the backend {} of pool \"{}\" is a listener of this daemon that forwards to "
                               "this pool, which would never end",
                               loop.endpoint, loop.pool));
  }
  return {};
}

void Supervisor::look_at_own_addresses() {
  if (config_.pools.empty()) return;
  const std::vector<Address> own = own_addresses();
  if (!own.empty() && own != own_addresses_) wish_changed();
}

void Supervisor::find_looping_members() {
  if (auto own = own_addresses(); !own.empty()) own_addresses_ = std::move(own);
  std::vector<LoopListener> listeners;
  for (const Listener& listener : config_.listeners) {
    const SocketGroup* const group = sockets_.find(listener);
    const ListenerMode mode = mode_in_force(listener);
    const bool forwards = mode == ListenerMode::kProxy || mode == ListenerMode::kTcp;
    if (group != nullptr) listeners.push_back(loop_listener(listener, group->bound(), forwards));
  }
  std::vector<LoopMember> members;
  std::vector<std::pair<std::uint32_t, std::string>> names;
  for (const Pool& pool : config_.pools) {
    for (const Backend& backend : pool.backends) {
      for (const MemberFacts& facts : members_.facts(pool, backend)) {
        members.push_back({pool.name, facts.address});
        names.emplace_back(facts.slot, fmt::format("backend {}/{}", pool.name, backend.endpoint.text));
      }
    }
  }
  const std::vector<bool> loops = find_forward_loops(listeners, members, own_addresses_);
  std::set<std::uint32_t> found;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    if (!loops[i]) continue;
    found.insert(names[i].first);
    if (looping_slots_.contains(names[i].first)) continue;
    announce(EventKind::kWarning, LogLevel::kWarning, names[i].second,
             fmt::format("{} is a listener of this daemon that forwards to the same pool: left out",
                         members[i].address.to_string()));
  }
  looping_slots_ = std::move(found);
}

}  // namespace demo
