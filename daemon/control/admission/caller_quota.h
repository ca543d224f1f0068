#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace demo {

// A place of one caller: names the account that it counts on, and gives itself back with its last copy.
using QuotaPlace = std::shared_ptr<const std::string>;

// How much each caller has under way, so that none of them takes what is there for all. Thread-safe; places
// may outlive it.
class CallerQuota {
 public:
  // most_of_one: for one account; most: for all together.
  CallerQuota(std::size_t most_of_one, std::size_t most);

  // Null when the account, or all together, have as much as they may.
  QuotaPlace take(const std::string& account);

 private:
  struct Counts;
  const std::shared_ptr<Counts> counts_;
};

}  // namespace demo
