#pragma once

#include <array>
#include <cstdint>

#include "proxy/retry_policy.h"

namespace demo {

class BackendConnection;
class Member;

// Members that an exchange has tried in vain, so that it gets another one.
class TriedMembers {
 public:
  void add(const Member& member) {
    if (count_ < members_.size()) members_[count_++] = &member;
  }
  // It did not answer within the time-out for connects: whoever asks again waits as long once more.
  void add_silent(const Member& member) {
    if (count_ < members_.size()) silent_ |= 1U << count_;
    add(member);
  }
  bool was_silent(const Member& member) const {
    for (unsigned i = 0; i < count_; ++i) {
      if (members_[i] == &member && (silent_ >> i & 1U) != 0) return true;
    }
    return false;
  }
  bool has(const Member& member) const {
    for (unsigned i = 0; i < count_; ++i) {
      if (members_[i] == &member) return true;
    }
    return false;
  }

 private:
  // An attempt may be a race of two. Not owned, compared only.
  std::array<const Member*, 2 * kAttemptsPerRequest> members_{};
  unsigned count_ = 0;
  unsigned silent_ = 0;  // bits of members_
};

// How a user wants its connection, in the queue as elsewhere.
struct Wish {
  bool tried_before(const Member& member) const { return tried != nullptr && tried->has(member); }
  // It is not taken although there are no others.
  bool rules_out(const Member& member) const {
    return tried != nullptr && (others_only ? tried->has(member) : tried->was_silent(member));
  }

  std::uint64_t hash = 0;               // of what the policy goes by
  const TriedMembers* tried = nullptr;  // the user's own; avoided while there are others. Null: none
  bool fresh = false;                   // no pooled connection (tcp mode; after one turned out to be dead)
  bool others_only = false;             // tried ones are avoided even when there are no others
  BackendConnection* beside = nullptr;  // it waits in the queue for a rival of this one. Null: it does not
  bool queued = false;                  // it waits in the queue: nobody of this worker comes before it
};

}  // namespace demo
