#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "supervisor/listening/socket_group.h"
#include "supervisor/snapshot/slot_table.h"

namespace demo {

// Each listener's place in the statistics, by its address. One that leaves keeps its place until it is gone.
class ListenerPlaces {
 public:
  // on_fresh: the figures of a place begin anew.
  ListenerPlaces(SlotTable::InUse in_use, std::function<void(std::uint32_t slot)> on_fresh);

  // Names and places, for the supervisor after this one, and as the one before had them: before the first
  // assign().
  const std::map<std::string, std::uint32_t>& taken() const { return slots_.taken(); }
  void restore(const std::map<std::string, std::uint32_t>& taken) { slots_.restore(taken); }

  // leaving: of listeners that the configuration has no more.
  void assign(const Config& config, const std::vector<const SocketGroup*>& leaving);
  // Whether all listeners would find a place now.
  Status check(const Config& next) const;
  std::optional<std::uint32_t> find(const Listener& listener) const;

 private:
  SlotTable slots_;
  const std::function<void(std::uint32_t slot)> on_fresh_;
};

}  // namespace demo
