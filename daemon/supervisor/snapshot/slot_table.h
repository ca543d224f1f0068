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
// back is used again as late as possible, and never while connections that began before still count there.
// Pure.
class SlotTable {
 public:
  // Whether something counts there that began before; unset: never.
  using InUse = std::function<bool(std::uint32_t slot)>;

  explicit SlotTable(std::uint32_t capacity, InUse in_use = {});

  // The names that are there from now on, each once: those that were there keep their slot, vanished ones
  // give it back. Asks at most once about each slot. The slots that were handed out just now.
  std::vector<std::uint32_t> assign(const std::vector<std::string>& names);

  // Who has which, and as another process had it: before the first assign(), where vanished ones give theirs
  // back. What cannot be is left out.
  const std::map<std::string, std::uint32_t>& taken() const { return taken_; }
  void restore(const std::map<std::string, std::uint32_t>& taken);

  // None for a name that was not assigned, or got none.
  std::optional<std::uint32_t> find(const std::string& name) const;
  // Whether assign() would find a place for each of them now.
  bool has_places_for(const std::vector<std::string>& names) const;
  // Whether names of the last assign() wait until a place counts nothing any more.
  bool wanting() const { return wanting_; }

 private:
  bool is_in_use(std::uint32_t slot) const { return in_use_ && in_use_(slot); }

  const InUse in_use_;
  bool wanting_ = false;
  std::map<std::string, std::uint32_t> taken_;
  std::deque<std::uint32_t> free_;  // the one that was free for the longest time in front
};

}  // namespace demo
