#include "supervisor/handover/descriptor_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/whole_number.h"

namespace demo {

std::size_t DescriptorStore::capacity_of_manager() {
  const char* const text = std::getenv("FDSTORE");
  if (text == nullptr || std::getenv("NOTIFY_SOCKET") == nullptr) return 0;
  return whole_number<std::size_t>(text).value_or(0);
}

std::size_t DescriptorStore::fitting(const Wanted& wanted) const {
  std::size_t bytes = 0;
  std::size_t count = 0;
  while (count < wanted.size() && count < capacity_) {
    bytes += wanted[count].first.size() + 1;
    if (bytes > kNamesBytes) break;
    ++count;
  }
  return count;
}

void DescriptorStore::keep(Wanted wanted) {
  if (!there()) wanted.clear();
  const std::size_t kept = fitting(wanted);
  left_out_ = wanted.size() - kept;
  wanted.resize(kept);
  to_drop_.clear();
  to_put_.clear();
  std::set<std::string_view> names;
  for (const auto& [name, fd] : wanted) {
    if (!held_.contains(name) || outdated_.contains(name)) to_put_.emplace_back(name, fd);
    names.insert(name);
  }
  for (const std::string& name : held_) {
    if (!names.contains(name)) to_drop_.push_back(name);
  }
  std::ranges::reverse(to_drop_);
  std::ranges::reverse(to_put_);
  go_on();
}

// What goes first, so that there is room for what is new. What another one is to be of takes its place at
// once: whoever comes after a death in the middle has nearly all.
void DescriptorStore::go_on() {
  behind_ = false;
  while (!to_drop_.empty() && drop(to_drop_.back())) to_drop_.pop_back();
  while (!behind_ && !to_put_.empty()) {
    const auto& [name, fd] = to_put_.back();
    if ((held_.contains(name) && !drop(name)) || !put(name, fd)) return;
    to_put_.pop_back();
  }
}

bool DescriptorStore::drop(const std::string& name) {
  behind_ = !manager_.send(fmt::format("FDSTOREREMOVE=1\nFDNAME={}", name));
  if (behind_) return false;
  ++sent_;
  ++dropped_;
  outdated_.erase(name);
  held_.erase(name);
  return true;
}

bool DescriptorStore::put(const std::string& name, int fd) {
  behind_ = !manager_.send(fmt::format("FDSTORE=1\nFDNAME={}", name), fd);
  if (behind_) return false;
  ++sent_;
  held_.insert(name);
  return true;
}

}  // namespace demo
