#pragma once

#include <cstdint>
#include <string_view>

#include "base/prefetch.h"
#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/watch.h"
#include "proxy/connections/backend_user.h"
#include "proxy/connections/parting.h"
#include "proxy/members/member.h"
#include "proxy/relay/peer_socket.h"

namespace demo {

// What is logged of connections that failed here.
inline constexpr std::string_view kNoMeans = "this host lacks what connecting takes";
inline constexpr std::string_view kGivenUp = "the kernel gave up one that was open, as for want of memory";

// One connection to a backend. Owns its descriptor; its member's pool creates it, lends it to one user at a
// time and retires it.
//
//              connected            given back, reusable
//   kConnecting ────────▶ kBusy ────────────────────────▶ kIdle
//        │ failed           ▲ │ given back, spent           │ ended by the backend, unasked bytes,
//        ▼                  │ ▼                             │ time-out: retired at once
//     kFailed ──▶ retired   └───────────────────────────────┘ taken again
//                           given back, spent: retired, or kParting until the backend's end or a time-out
class alignas(kCacheLineBytes) BackendConnection final : public Watch, public Timer, public ConnectionLink {
 public:
  enum class State : std::uint8_t { kConnecting, kBusy, kIdle, kParting, kFailed };

  BackendConnection(Member& owner, UniqueFd fd, bool connected)
      : Watch(Watch::call<BackendConnection>),
        Timer(Timer::call<BackendConnection>),
        socket(std::move(fd), false, connected),
        member_(owner),
        state_(connected ? State::kBusy : State::kConnecting) {}

  Member& member() const { return member_; }
  State state() const { return state_; }
  // Whether it has served a user before: then the backend may have closed it a moment ago.
  bool reused() const { return uses_ > 1; }
  // The backend ended it or spoke before this user could have asked for anything: whatever comes from it is
  // not for this user. See backend_connection.cc.
  bool out_of_turn() const { return out_of_turn_; }
  // It served others before and was taken from the pool in this turn: what waits on it is not for this user.
  bool taken_in_this_turn() const { return taken_turn_ == member_.owner.turn(); }
  // This turn's event came, or the kernel was asked in this turn and had nothing: an event that still comes
  // in it tells nothing new.
  bool heard_in_this_turn() const { return heard_turn_ == member_.owner.turn(); }
  void heard() { heard_turn_ = member_.owner.turn(); }
  // Before what may not be sent twice is sent: what waits there, by PeerSocket::look(). A system call.
  IoOutcome look();
  // After a response: whether nothing more came unasked. A system call where nobody knows.
  bool is_silent();
  // Its user's request was sent whole and the response came whole: what closing it may cost. See Parting.
  void answered(bool had_body, bool will_end) { parting_ = {true, had_body, will_end, false}; }
  // Whether it broke, or could not be made so far, for a reason on this host: nothing to blame the backend
  // for.
  bool failed_here() const;
  // errno of the last connect(2) that failed; 0 once connected.
  int error_number() const { return error_number_; }

  // Since when a connection that began as a challenger connects, monotonic. 0: it did not.
  std::uint64_t connects_since_ns() const { return connects_since_ns_; }

  PeerSocket socket;

 private:
  friend class Watch;
  friend class Timer;
  friend class BackendPool;
  friend class FamilyRace;
  friend class PoolConnections;

  void transition(State next) { state_ = next; }
  void on_ready(std::uint32_t events);
  void on_timeout();
  void finish_connecting(std::uint32_t events);
  Parting parting() const;
  // Whether a response waits that nobody has asked for. A system call, made where something waits.
  bool holds_stray_response() const;

  // What each use touches comes first, in two lines of the cache with the socket.
  PartingFacts parting_;
  Member& member_;
  BackendUser* user_ = nullptr;   // not owned; set unless idle
  std::uint64_t taken_turn_ = 0;  // of the loop, when it was last taken from the pool
  std::uint64_t heard_turn_ = 0;  // of the loop
  std::uint32_t uses_ = 0;
  State state_;
  bool out_of_turn_ = false;
  bool has_slot_ = false;    // it is counted against its member's limit
  bool races_ = false;       // while connecting: settle() hears how it ends, and its timer begins a race
  bool challenges_ = false;  // it is the second one, and not the user's
  int error_number_ = 0;
  BackendConnection* rival_ = nullptr;  // not owned; to the other family, for the same user
  std::uint64_t connects_since_ns_ = 0;
};

}  // namespace demo
