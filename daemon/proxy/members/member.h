#pragma once

#include <cstddef>
#include <cstdint>

#include "base/prefetch.h"
#include "config/snapshot.h"
#include "event/timer_wheel.h"
#include "proxy/members/connection_list.h"
#include "proxy/members/ejection_record.h"
#include "proxy/members/member_owner.h"
#include "proxy/members/set_aside.h"
#include "proxy/members/standing.h"
#include "stats/stats_page.h"

namespace demo {

// One backend address as a worker knows it: its settings, its connections, what it has seen of it. Owned by
// its pool, which outlives it; the timer brings it back from an ejection. With thousands of them nothing of
// the next one is in the cache: what a request touches of it lies together in few lines, see fetch().
class alignas(kCacheLineBytes) Member final : public Timer {
 public:
  Member(MemberOwner& its_owner, const SnapshotMember& settings, BackendStats& figures,
         std::uint64_t identity)
      : Timer(Timer::call<Member>), key(identity), owner(its_owner), stats(figures), spec(settings) {}

  // Why it is given no new requests, whatever its settings say. In one place, so that asking costs nothing.
  static constexpr std::uint8_t kVanished = 1;  // no longer in the snapshot: goes when unused()
  static constexpr std::uint8_t kSetAside = 2;  // its backend's other family answers: see SetAside

  // May be given new requests, room aside.
  bool usable() const { return spec.usable && spec.weight > 0 && absence == 0 && !record.ejected(); }
  bool vanished() const { return (absence & kVanished) != 0; }
  // Its connections, of all workers, are counted: see ConnectionLimits.
  bool limited() const { return spec.max_connections != 0; }
  bool unused() const {
    return active == 0 && waiting == 0 && busy.empty() && idle.empty() && parting.empty();
  }

  // Calls act for each address of its backend in the pool: its own one last, if that is one of them still.
  template <typename Act>
  void for_each_sibling(const Act& act) const {
    for (Member* other = sibling;; other = other->sibling) {
      act(*other);
      if (other == this || other->sibling == sibling) return;
    }
  }
  // The first of them, but for itself, that is so; null: none is.
  template <typename Predicate>
  Member* find_sibling(const Predicate& is_so) const {
    for (Member* other = sibling; other != this; other = other->sibling) {
      if (is_so(*other)) return other;
      if (other->sibling == sibling) break;
    }
    return nullptr;
  }

  // Fetches ahead what a request touches of it.
  void fetch() const {
    prefetch(busy);
    prefetch(active);
    prefetch(load_elsewhere);
    prefetch(spec.slot);
  }
  // What a choice among several asks of it.
  void fetch_load() const {
    prefetch(active);
    prefetch(load_elsewhere);
    prefetch(spec.slot);
  }

  const std::uint64_t key;       // hash of the address: the same in every worker
  std::uint64_t in_line_ns = 0;  // since when this worker stands in its line, as said there; 0: it does not
  // A line of the cache.
  MemberOwner& owner;
  BackendStats& stats;
  ConnectionList busy;  // connecting or with a user
  ConnectionList idle;  // pooled, most recently used first
  // A line.
  EjectionRecord record;
  unsigned active = 0;   // users it serves
  unsigned waiting = 0;  // users in the queue on its account
  Standing standing;
  std::uint8_t absence = 0;  // of the above
  // A line.
  std::uint64_t load_elsewhere = 0;   // requests in flight in the other workers, at load_noted_ns
  std::uint64_t load_noted_ns = 0;    // monotonic
  std::uint64_t kept_from_ns = 0;     // monotonic; before it no connection is kept: it spoke unasked
  std::uint64_t distrust_due_ns = 0;  // monotonic; from then on another such response is told
  ConnectionList parting;             // spent; the backend is to close first
  SnapshotMember spec;
  // Not owned; the next of its backend's addresses in the pool, in a circle. Of one that has left the name:
  // one of those that are there, itself when there is none.
  Member* sibling = this;
  bool two_families = false;  // its backend's name has addresses of the other family as well
  std::uint64_t family = 0;   // the same for all addresses of its name and family; 0: not two_families
  bool silent = false;        // its family lost a race without an answer and has not answered since
  SetAside aside{*this};

 private:
  friend class Timer;
  void on_timeout() { owner.on_ejection_over(*this); }
};

inline void SetAside::on_timeout() { member_.owner.on_set_aside_over(member_); }

}  // namespace demo
