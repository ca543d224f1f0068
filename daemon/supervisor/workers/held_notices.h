#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "channel/messages.h"

namespace demo {

// What a worker told of a backend address, and when (monotonic ns, and by the wall clock).
struct HeldNotice {
  BackendNotice notice;
  std::uint64_t since_ns = 0;
  std::chrono::system_clock::time_point since;

  // Since it was told.
  std::chrono::milliseconds age(std::uint64_t now_ns) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds(now_ns - since_ns));
  }
  // When the worker means it to be over, monotonic ns.
  std::uint64_t until_ns() const {
    return since_ns + static_cast<std::uint64_t>(std::chrono::nanoseconds(notice.time).count());
  }
  // For the time that is left then, of one that is not over.
  BackendNotice left_at(std::uint64_t now_ns) const {
    BackendNotice left = notice;
    left.time = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::nanoseconds(until_ns() - now_ns));
    return left;
  }
  // Nobody tells when a distrust ends.
  bool is_over(std::uint64_t now_ns) const {
    return notice.news == BackendNews::kDistrusted && until_ns() <= now_ns;
  }
};

// The ejections that a worker process told of and whose end it has not told, and whom it distrusts: a process
// that is gone cannot tell any more. Or what all workers know, for those that come.
class HeldNotices {
 public:
  // The process was told to eject as another one had: that it does is nothing new.
  void expect(const HeldNotice& ejection);
  // False: nobody needs to hear of it, as a distrust that was held goes on, or an ejection was expected.
  bool note(const BackendNotice& notice, std::uint64_t now_ns, std::chrono::system_clock::time_point now);
  // Ejections are held by another process from now on: that they end with this one would not be so.
  void hand_over_ejections();
  // Nothing is held afterwards; what to tell of each ejection that ends so, for this reason.
  std::vector<BackendNotice> end(std::string_view reason);

  // One an address and kind; a distrust whose time is over may be among them.
  const std::vector<HeldNotice>& all() const { return held_; }

 private:
  // Pool, endpoint and address.
  using Subject = std::tuple<std::string, std::string, std::string>;
  static Subject subject_of(const BackendNotice& notice);

  std::vector<HeldNotice> held_;            // at most two for each of limits::kBackendMembers
  std::map<Subject, HeldNotice> expected_;  // as another process held them
};

}  // namespace demo
