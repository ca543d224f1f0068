#include "supervisor/slot_table.h"

#include <algorithm>
#include <set>
#include <utility>

namespace demo {

SlotTable::SlotTable(std::uint32_t capacity, InUse in_use) : in_use_(std::move(in_use)) {
  for (std::uint32_t slot = 0; slot < capacity; ++slot) free_.push_back(slot);
}

std::vector<std::uint32_t> SlotTable::assign(const std::vector<std::string>& names) {
  const std::set<std::string> wanted(names.begin(), names.end());
  for (auto entry = taken_.begin(); entry != taken_.end();) {
    if (wanted.contains(entry->first)) {
      ++entry;
    } else {
      free_.push_back(entry->second);
      entry = taken_.erase(entry);
    }
  }
  std::vector<std::uint32_t> fresh;
  // In the order given, not in that of the set: the first listener gets the first slot.
  for (const std::string& name : names) {
    if (taken_.contains(name) || free_.empty()) continue;
    fresh.push_back(take());
    taken_.emplace(name, fresh.back());
  }
  return fresh;
}

std::uint32_t SlotTable::take() {
  auto chosen = free_.begin();
  if (in_use_) chosen = std::find_if_not(free_.begin(), free_.end(), in_use_);
  if (chosen == free_.end()) chosen = free_.begin();
  const std::uint32_t slot = *chosen;
  free_.erase(chosen);
  return slot;
}

std::optional<std::uint32_t> SlotTable::find(const std::string& name) const {
  const auto entry = taken_.find(name);
  if (entry == taken_.end()) return std::nullopt;
  return entry->second;
}

}  // namespace demo
