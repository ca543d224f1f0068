#pragma once

#include <cstdint>

#include "event/loop.h"

namespace demo {

class BackendConnection;
class Member;

// The pool of a member, as the member and its connections see it: who hears what comes to them by itself, of
// which none is for the connection's user. Any call may destroy the connection that it is about.
class MemberOwner {
 public:
  // See Loop::turn().
  std::uint64_t turn() const { return loop_.turn(); }

  // The ejection time of the member is over.
  virtual void on_ejection_over(Member& member) = 0;
  // The member was set aside for long enough; see SetAside.
  virtual void on_set_aside_over(Member& member) = 0;
  // The member sent a response that nobody had asked for.
  virtual void on_stray_response(Member& member) = 0;
  // A connection that may have a rival is open, or failed.
  virtual void on_race_decided(BackendConnection& connection) = 0;
  // The timer of a connection that is not open yet.
  virtual void on_connect_due(BackendConnection& connection) = 0;
  // An idle connection ended, or spoke unasked, or it has rested, or waited for the backend's end, for long
  // enough.
  virtual void on_rest_over(BackendConnection& connection) = 0;
  // Something came on a connection that waits for the backend's end.
  virtual void on_parting_heard(BackendConnection& connection) = 0;

 protected:
  // The loop outlives it.
  explicit MemberOwner(const Loop& loop) : loop_(loop) {}
  ~MemberOwner() = default;

 private:
  const Loop& loop_;
};

}  // namespace demo
