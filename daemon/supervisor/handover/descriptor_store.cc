#include "supervisor/handover/descriptor_store.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "base/whole_number.h"

namespace demo {

std::size_t DescriptorStore::capacity_of_manager() {
  const char* const text = std::getenv("FDSTORE");
  if (text == nullptr || std::getenv("NOTIFY_SOCKET") == nullptr) return 0;
  return whole_number<std::size_t>(text).value_or(0);
}

void DescriptorStore::keep(Wanted wanted) {
  behind_ = false;
  if (!there()) wanted.clear();
  std::size_t bytes = 0;
  std::size_t fitting = 0;
  while (fitting < wanted.size() && fitting < capacity_) {
    bytes += wanted[fitting].first.size() + 1;
    if (bytes > kNamesBytes) break;
    ++fitting;
  }
  left_out_ = wanted.size() - fitting;
  wanted.resize(fitting);
  drop_unwanted(wanted);
  put_missing(wanted);
}

// First, so that there is room for what is new.
void DescriptorStore::drop_unwanted(const Wanted& wanted) {
  std::set<std::string_view> names;
  for (const auto& [name, fd] : wanted) names.insert(name);
  for (auto name = held_.begin(); name != held_.end();) {
    if (names.contains(*name) && !outdated_.contains(*name)) {
      ++name;
    } else if (manager_.send(fmt::format("FDSTOREREMOVE=1\nFDNAME={}", *name))) {
      ++sent_;
      outdated_.erase(*name);
      name = held_.erase(name);
    } else {
      behind_ = true;
      return;
    }
  }
}

void DescriptorStore::put_missing(const Wanted& wanted) {
  for (const auto& [name, fd] : wanted) {
    if (behind_) return;
    if (held_.contains(name)) continue;
    if (manager_.send(fmt::format("FDSTORE=1\nFDNAME={}", name), fd)) {
      ++sent_;
      held_.insert(name);
    } else {
      behind_ = true;
    }
  }
}

}  // namespace demo
