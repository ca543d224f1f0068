#pragma once

#include <array>
#include <cstdint>

#include "proxy/members/retry_policy.h"

namespace demo {

class Member;

// Members that a search has tried in vain, so that it gets another one.
class TriedMembers {
 public:
  bool empty() const { return count_ == 0; }
  void add(const Member& member) {
    if (count_ < members_.size()) members_[count_++] = &member;
  }
  // It did not answer within the time-out for connects: whoever asks again waits as long once more. That
  // speaks for all addresses of its backend's family: they count as tried, and as silent as well when the
  // family was before (Member::silent).
  void add_silent(const Member& member);
  bool has(const Member& member) const;
  // It was tried itself.
  bool has_itself(const Member& member) const { return has_from(0, member); }
  bool was_silent(const Member& member) const;

  // What was added up to now failed in an earlier attempt.
  void begin_attempt() { attempt_from_ = count_; }
  bool failed_in_this_attempt(const Member& member) const;
  // One more challenger may fail, and the first ones of all attempts are remembered all the same.
  bool may_be_challenged() const { return count_ + kAttemptsPerRequest < members_.size(); }

 private:
  struct Family {
    std::uint64_t key;  // Member::family
    bool silent_before;
  };

  bool has_from(unsigned first, const Member& member) const;

  // An attempt may be a race of two or more. Not owned, compared only. Both arrays hold nothing beyond their
  // counts, and are not cleared: most exchanges need none.
  std::array<const Member*, 3 * kAttemptsPerRequest> members_;
  std::array<Family, kAttemptsPerRequest> families_;
  unsigned count_ = 0;
  unsigned attempt_from_ = 0;
  unsigned family_count_ = 0;
  unsigned silent_ = 0;  // bits of members_
};

}  // namespace demo
