#include "proxy/connections/distrusted.h"

#include <algorithm>

#include "base/limits.h"

namespace demo {

void Distrusted::add(const Address& address, std::uint64_t now_ns, std::uint64_t until_ns) {
  std::erase_if(entries_,
                [&](const Entry& entry) { return entry.address == address || entry.until_ns <= now_ns; });
  if (entries_.size() >= limits::kBackendMembers) {
    entries_.erase(std::ranges::min_element(entries_, {}, &Entry::until_ns));
  }
  entries_.push_back({address, until_ns});
}

std::uint64_t Distrusted::until_ns(const Address& address) const {
  const auto found = std::ranges::find(entries_, address, &Entry::address);
  return found == entries_.end() ? 0 : found->until_ns;
}

}  // namespace demo
