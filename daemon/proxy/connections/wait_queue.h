#pragma once

#include <cstddef>
#include <cstdint>

#include "proxy/connections/backend_user.h"
#include "proxy/members/member.h"

namespace demo {

// The users that wait for a connection of one pool while its backends are at their limits, first come first
// served. Owns nothing.
class WaitQueue {
 public:
  bool empty() const { return first_ == nullptr; }
  // As many wait as may.
  bool full() const { return size_ >= limit_; }
  void set_limit(std::size_t users) { limit_ = users; }
  // Who has waited longest; null when nobody waits.
  BackendUser* front() const { return first_; }
  // Who came next; null after the last.
  static BackendUser* behind(const BackendUser& user) { return user.next_; }
  static const Wish& wish_of(const BackendUser& user) { return user.wish_; }
  static std::uint64_t since_ns_of(const BackendUser& user) { return user.since_ns_; }
  // Whose limit the user waits for; null when it does not wait.
  static const Member* member_of(const BackendUser& user) { return user.waits_for_; }

  // member: whose limit the user waits for; its figures count the user until it leaves. now_ns: monotonic.
  void enter(BackendUser& user, Member& member, const Wish& wish, std::uint64_t now_ns) {
    user.waits_for_ = &member;
    user.wish_ = wish;
    user.wish_.queued = true;
    user.since_ns_ = now_ns;
    user.previous_ = last_;
    user.next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = &user;
    last_ = &user;
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
    (user.previous_ != nullptr ? user.previous_->next_ : first_) = user.next_;
    (user.next_ != nullptr ? user.next_->previous_ : last_) = user.previous_;
    --size_;
    return true;
  }

 private:
  BackendUser* first_ = nullptr;  // not owned
  BackendUser* last_ = nullptr;   // not owned
  std::size_t size_ = 0;
  std::size_t limit_ = 0;
};

}  // namespace demo
