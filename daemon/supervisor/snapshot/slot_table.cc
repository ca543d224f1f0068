#include "supervisor/snapshot/slot_table.h"

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
  wanting_ = false;
  std::vector<std::uint32_t> fresh;
  // In the order given, not in that of the set: the first listener gets the first slot. What is in use is
  // passed over for all names: asking is dear, and there may be as many names as slots.
  auto next = free_.begin();
  std::deque<std::uint32_t> left;
  for (const std::string& name : names) {
    if (taken_.contains(name)) continue;
    while (next != free_.end() && is_in_use(*next)) left.push_back(*next++);
    wanting_ = next == free_.end();
    if (wanting_) break;
    fresh.push_back(*next);
    taken_.emplace(name, *next++);
  }
  left.insert(left.end(), next, free_.end());
  free_ = std::move(left);
  return fresh;
}

void SlotTable::restore(const std::map<std::string, std::uint32_t>& taken) {
  std::map<std::uint32_t, std::string> owners;
  for (const auto& [name, slot] : taken) owners.emplace(slot, name);
  std::erase_if(free_, [&](std::uint32_t slot) {
    const auto owner = owners.find(slot);
    return owner != owners.end() && taken_.emplace(owner->second, slot).second;
  });
}

bool SlotTable::has_places_for(const std::vector<std::string>& names) const {
  const std::set<std::string> wanted(names.begin(), names.end());
  std::size_t missing = 0;
  for (const std::string& name : wanted) missing += taken_.contains(name) ? 0 : 1;
  const auto use = [&](std::uint32_t slot) {
    if (missing > 0 && !is_in_use(slot)) --missing;
  };
  for (const std::uint32_t slot : free_) use(slot);
  for (const auto& [name, slot] : taken_) {
    if (!wanted.contains(name)) use(slot);
  }
  return missing == 0;
}

std::optional<std::uint32_t> SlotTable::find(const std::string& name) const {
  const auto entry = taken_.find(name);
  if (entry == taken_.end()) return std::nullopt;
  return entry->second;
}

}  // namespace demo
