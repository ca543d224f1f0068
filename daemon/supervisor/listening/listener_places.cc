#include "supervisor/listening/listener_places.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/limits.h"

namespace demo {
namespace {

std::vector<std::string> names_of_listeners(const Config& config) {
  std::vector<std::string> names;
  for (const Listener& listener : config.listeners) names.push_back(listener.address.to_string());
  return names;
}

}  // namespace

ListenerPlaces::ListenerPlaces(SlotTable::InUse in_use, std::function<void(std::uint32_t slot)> on_fresh)
    : slots_(limits::kListeners, std::move(in_use)), on_fresh_(std::move(on_fresh)) {}

void ListenerPlaces::assign(const Config& config, const std::vector<const SocketGroup*>& leaving) {
  const std::vector<std::string> present = names_of_listeners(config);
  std::vector<std::string> names = present;
  for (const SocketGroup* const group : leaving) {
    if (names.size() < limits::kListeners) names.push_back(group->listener().address.to_string());
  }
  std::vector<std::uint32_t> fresh = slots_.assign(names);
  // Those that leave have theirs as long as there are enough.
  if (slots_.wanting()) {
    const std::vector<std::uint32_t> more = slots_.assign(present);
    fresh.insert(fresh.end(), more.begin(), more.end());
  }
  for (const std::uint32_t slot : fresh) on_fresh_(slot);
}

Status ListenerPlaces::check(const Config& next) const {
  if (slots_.has_places_for(names_of_listeners(next))) return {};
  return Error{
      ErrorCode::kResourceExhausted,
      fmt::format("the figures of {} listeners have room, and removed ones keep theirs while they have "
                  "connections: try again when some have ended, or end them with restart-worker --all",
                  limits::kListeners),
      "listeners", ""};
}

std::optional<std::uint32_t> ListenerPlaces::find(const Listener& listener) const {
  return slots_.find(listener.address.to_string());
}

}  // namespace demo
