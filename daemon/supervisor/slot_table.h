#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace demo {

// Gives each named thing a place in the statistics pages for as long as it is there. A place that was given
// back is used again as late as possible, because connections that began before may still count there. Pure.
class SlotTable {
 public:
  explicit SlotTable(std::uint32_t capacity);

  // The names that are there from now on, each once: those that were there keep their slot, vanished ones
  // give it back. The slots that were handed out just now.
  std::vector<std::uint32_t> assign(const std::vector<std::string>& names);

  // None for a name that was not assigned, or when all slots were taken.
  std::optional<std::uint32_t> find(const std::string& name) const;

 private:
  std::map<std::string, std::uint32_t> taken_;
  std::deque<std::uint32_t> free_;  // the one that was free for the longest time in front
};

}  // namespace demo
