#pragma once

#include <cstdint>

#include "base/linked_list.h"
#include "proxy/members/wish.h"

namespace demo {

class BackendConnection;
class Member;

// What asking a pool for a connection came to.
enum class GrantOutcome : std::uint8_t {
  kConnected,      // connection: open, nothing sent on it for this user yet
  kConnecting,     // connection: on its way; on_backend_event() tells
  kQueued,         // every usable backend is at its limit: on_grant() tells, or leave the queue
  kQueueFull,      // the same, and the queue is full
  kNoBackend,      // no usable backend
  kConnectFailed,  // connect(2) failed at once; member says where
  kNoResources,    // no local port, descriptor or memory for a connection
};

struct Grant {
  GrantOutcome outcome = GrantOutcome::kNoBackend;
  BackendConnection* connection = nullptr;  // not owned; the user's until it gives it back
  Member* member = nullptr;                 // not owned
  int error_number = 0;                     // after kConnectFailed and kNoResources
};

// Who holds or waits for a backend connection, for an HTTP exchange or a tcp session: BackendSearch. Any of
// the calls may end it.
class BackendUser {
 public:
  // The queue came to it.
  virtual void on_grant(const Grant& grant) = 0;
  // How it wants a connection now, what it has tried before among it.
  virtual Wish wish() const = 0;
  // Since when its present attempt runs, monotonic: once its connection was there, from then.
  virtual std::uint64_t attempt_ns() const = 0;
  // One of the two connections that raced for it failed, or was silent for its whole time, and the other goes
  // on: its member counts as tried. It may call nothing yet.
  virtual void on_racer_failed(const BackendConnection& failed, bool timed_out) = 0;
  // Its connection is another one from now on, to another address of the same backend; it may call
  // nothing yet. The present one is there until the call returns. One that still connects has a time of its
  // own, from its connects_since_ns().
  virtual void on_connection_changed(BackendConnection& connection) = 0;
  // Its connection became ready for something, connected, or failed.
  virtual void on_backend_event() = 0;
  // The drain deadline of its backend passed: give the connection back now.
  virtual void on_backend_cut() = 0;

 protected:
  BackendUser() = default;
  ~BackendUser() = default;

 private:
  friend class WaitQueue;
  MemberLink link_;              // in the pool's queue
  Member* waits_for_ = nullptr;  // not owned; whose figures count it while it is queued, else null
  std::uint64_t since_ns_ = 0;   // monotonic; since when it is queued
  Wish wish_;                    // what it waits for while it is queued
};

}  // namespace demo
