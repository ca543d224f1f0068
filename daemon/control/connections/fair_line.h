#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>

#include "control/connections/visit.h"

namespace demo {

// Accepted connections that wait to be served: the users take turns, each with its first one, so that a crowd
// of one user keeps nobody else waiting. Owns the descriptors.
class FairLine {
 public:
  void add(Guest guest) {
    const std::uint64_t user = guest.visit->account();
    std::deque<Guest>& own = waiting_[user];
    if (own.empty()) turns_.push_back(user);
    own.push_back(std::move(guest));
  }

  bool empty() const { return turns_.empty(); }
  // How many users wait.
  std::size_t users() const { return turns_.size(); }

  // The first one of the user whose turn it is. Precondition: !empty().
  Guest take() {
    const std::uint64_t user = turns_.front();
    turns_.pop_front();
    const auto own = waiting_.find(user);
    Guest first = std::move(own->second.front());
    own->second.pop_front();
    if (own->second.empty()) {
      waiting_.erase(own);
    } else {
      turns_.push_back(user);
    }
    return first;
  }

  // Closes all.
  void clear() {
    turns_.clear();
    waiting_.clear();
  }

 private:
  std::map<std::uint64_t, std::deque<Guest>> waiting_;  // none is empty
  std::deque<std::uint64_t> turns_;                     // each user of waiting_ once
};

}  // namespace demo
