#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/address.h"
#include "config/backend_news.h"
#include "quota/quota.h"

namespace demo {

// How a worker treats a backend address from now on, because of what it saw; as BackendNotice of
// channel/messages.h.
struct MemberNotice {
  std::string_view pool;
  std::string_view endpoint;
  const Address& address;
  BackendNews news = BackendNews::kEjected;
  std::string_view reason;
  std::uint64_t failures = 0;
  std::chrono::milliseconds time{0};
};

// What the proxy needs to know from outside its worker, and tells it.
struct ProxyOutlook {
  // Requests in flight in all other workers to the member with this slot.
  std::function<std::uint64_t(std::uint32_t slot)> requests_elsewhere;
  std::function<void(const MemberNotice&)> on_notice;
  Quota* quota = nullptr;  // not owned, outlives the proxy; must be set where a member may have a limit
};

}  // namespace demo
