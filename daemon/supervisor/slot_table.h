#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace demo {

// Gives each named thing a place in the statistics pages for as long as it is there. A place that was given
// back is used again as late as possible, and not while connections that began before still count there as
// long as there is another. Pure.
class SlotTable {
 public:
  // Whether something counts there that began before; unset: never.
  using InUse = std::function<bool(std::uint32_t slot)>;

  explicit SlotTable(std::uint32_t capacity, InUse in_use = {});

  // The names that are there from now on, each once: those that were there keep their slot, vanished ones
  // give it back. The slots that were handed out just now.
  std::vector<std::uint32_t> assign(const std::vector<std::string>& names);

  // None for a name that was not assigned, or when all slots were taken.
  std::optional<std::uint32_t> find(const std::string& name) const;

 private:
  // Of the free ones, of which there is one.
  std::uint32_t take();

  const InUse in_use_;
  std::map<std::string, std::uint32_t> taken_;
  std::deque<std::uint32_t> free_;  // the one that was free for the longest time in front
};

}  // namespace demo
