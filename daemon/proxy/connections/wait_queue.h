#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/linked_list.h"
#include "proxy/connections/backend_user.h"
#include "proxy/members/member.h"

namespace demo {

// The users that wait for a connection of one pool while its backends are at their limits, first come first
// served. Owns nothing.
class WaitQueue {
  using Users = MemberList<BackendUser, &BackendUser::link_>;

 public:
  // Who has waited longest comes first.
  Users::iterator begin() { return users_.begin(); }
  Users::iterator end() { return users_.end(); }
  Users::const_iterator begin() const { return users_.begin(); }
  Users::const_iterator end() const { return users_.end(); }
  bool empty() const { return users_.empty(); }
  // As many wait as may.
  bool full() const { return size_ >= limit_; }
  void set_limit(std::size_t users) { limit_ = users; }
  static const Wish& wish_of(const BackendUser& user) { return user.wish_; }
  static std::uint64_t since_ns_of(const BackendUser& user) { return user.since_ns_; }
  // Whose limit the user waits for; null when it does not wait.
  static const Member* member_of(const BackendUser& user) { return user.waits_for_; }

  // Whether the user takes whatever member has room.
  static bool takes_any(const BackendUser& user) {
    return user.wish_.tried == nullptr && user.wish_.beside == nullptr;
  }
  bool anyone_takes_any() const { return std::ranges::any_of(users_, &WaitQueue::takes_any); }

  // member: whose limit the user waits for; its figures count the user until it leaves. now_ns: monotonic.
  void enter(BackendUser& user, Member& member, const Wish& wish, std::uint64_t now_ns) {
    user.waits_for_ = &member;
    user.wish_ = wish;
    user.wish_.queued = true;
    user.since_ns_ = now_ns;
    users_.push_back(user);
    ++size_;
    ++member.waiting;
    member.stats.queued.add();
  }

  // The user waits for something else, and keeps its place. What it stands beside is forgotten.
  static void change(BackendUser& user, Member& member, const Wish& wish) {
    --user.waits_for_->waiting;
    user.waits_for_->stats.queued.subtract();
    ++member.waiting;
    member.stats.queued.add();
    user.waits_for_ = &member;
    user.wish_ = wish;
    user.wish_.queued = true;
  }

  // The connection that the user waits beside, if it does, is over: its user asks again, or leaves, before
  // anybody's turn comes.
  static void end_beside(BackendUser& user) { user.wish_.beside = nullptr; }

  // Whether the user was in the queue; nothing happens when it was not.
  bool leave(BackendUser& user) {
    if (user.waits_for_ == nullptr) return false;
    --user.waits_for_->waiting;
    user.waits_for_->stats.queued.subtract();
    user.waits_for_ = nullptr;
    user.link_.unlink();
    --size_;
    return true;
  }

 private:
  Users users_;
  std::size_t size_ = 0;
  std::size_t limit_ = 0;
};

}  // namespace demo
