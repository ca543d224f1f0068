#include "control/admission/caller_quota.h"

#include <map>
#include <mutex>

namespace demo {

struct CallerQuota::Counts {
  const std::size_t most_of_one;
  const std::size_t most;
  std::mutex mutex;
  std::map<std::string, std::size_t> by_account;
  std::size_t together = 0;

  void give_back(const std::string& account) {
    const std::lock_guard lock(mutex);
    --together;
    const auto found = by_account.find(account);
    if (--found->second == 0) by_account.erase(found);
  }
};

CallerQuota::CallerQuota(std::size_t most_of_one, std::size_t most)
    : counts_(new Counts{most_of_one, most, {}, {}, 0}) {}

QuotaPlace CallerQuota::take(const std::string& account) {
  const std::lock_guard lock(counts_->mutex);
  if (counts_->together >= counts_->most) return nullptr;
  std::size_t& count = counts_->by_account[account];
  if (count >= counts_->most_of_one) return nullptr;
  ++count;
  ++counts_->together;
  return {new std::string(account), [counts = counts_](const std::string* place) {
            counts->give_back(*place);
            delete place;
          }};
}

}  // namespace demo
