#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/address.h"
#include "channel/messages.h"
#include "supervisor/api/backend_health.h"

namespace demo {

// What the workers that take requests keep from backend addresses at one moment.
class Restraints {
 public:
  // notice: what the worker told. Workers come in ascending order.
  void add(const BackendNotice& notice, Restraint restraint) {
    by_address_[{notice.pool, notice.endpoint, notice.address.to_string()}].push_back(std::move(restraint));
  }

  // Ascending by worker; empty: the address is free.
  std::vector<Restraint> of(std::string_view pool, std::string_view endpoint, const Address& address) const {
    if (by_address_.empty()) return {};
    const auto found = by_address_.find(std::tuple(pool, endpoint, address.to_string()));
    return found == by_address_.end() ? std::vector<Restraint>() : found->second;
  }

 private:
  // By pool, endpoint and address.
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<Restraint>, std::less<>>
      by_address_;
};

}  // namespace demo
