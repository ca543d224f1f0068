#include <algorithm>
#include <utility>

#include "base/connect_failure.h"
#include "proxy/backend_pool.h"
#include "proxy/dialled.h"
#include "proxy/workbench.h"

// Happy Eyeballs (RFC 8305) for a backend whose name has addresses of both families. Each address is a member
// that the balancer chooses by itself; a connect to it that is not answered within the attempt delay gets a
// challenger, a connect to an address of the other family. The first that is open serves the user, the other
// one is closed and nobody's failure. When that was the challenger, the family that was silent is set aside
// for a while, so that the next requests do not wait at all. Where a challenger finds no room, its user waits
// for that in the queue, beside its connect; where this host lacks what it takes, it is tried again.
//
//   connecting ──delay──▶ + challenger ──▶ the first one that is open; the user is told when it is another
//   one
//        │                       │
//        └── open: as ever       └── one fails: it counts as that, and the other one goes on alone
namespace demo {

void SetAside::on_timeout() { member_.pool.end_set_aside(member_); }

bool BackendPool::may_rival(const Member& member, const Member& other, const TriedMembers* tried) {
  return other.spec.name == member.spec.name && other.spec.address.family() != member.spec.address.family() &&
         other.usable() && (tried == nullptr || !tried->has(other));
}

Member* BackendPool::other_family_of(const Member& member, const TriedMembers* tried) const {
  const auto found =
      std::ranges::find_if(members_, [&](const auto& other) { return may_rival(member, *other, tried); });
  return found == members_.end() ? nullptr : found->get();
}

void BackendPool::await_answer(BackendConnection& connection, const Wish& wish) {
  go_alone(connection);
  if (other_family_of(connection.member(), wish.tried) == nullptr) return;
  connection.races_ = true;
  bench_.loop.timers().arm(connection, limits::kConnectionAttemptDelay);
}

// That a family was silent holds until it answers: that must be heard.
void BackendPool::go_alone(BackendConnection& connection) {
  connection.rival_ = nullptr;
  connection.races_ = connection.member().silent;
}

void BackendPool::challenge(BackendConnection& connection) {
  go_alone(connection);
  BackendUser& user = *connection.user_;
  Wish wish = user.wish();
  Member* challenger = nullptr;
  Member* full = nullptr;
  for (const auto& other : members_) {
    if (!may_rival(connection.member(), *other, wish.tried)) continue;
    if (!wish.fresh && !other->idle.empty() && has_room(*other, wish)) {
      return end_race(connection, other->idle.front());
    }
    Member*& fits = has_free_slot(*other) ? challenger : full;
    if (fits == nullptr) fits = other.get();
  }
  if (challenger != nullptr && may_connect_again()) {
    if (claim_free_slot(*challenger) && open_challenger(*challenger, connection)) return;
    connect_budget_.give_back();
  } else if (challenger == nullptr && full != nullptr && queue_.size() < queue_limit_) {
    wish.beside = &connection;
    queue_.enter(user, *full, wish, bench_.loop.now_ns());
    bench_.queues_due = true;
    connection.races_ = true;
    return;
  }
  challenge_later(connection);
}

void BackendPool::challenge_later(BackendConnection& connection) {
  connection.races_ = true;
  bench_.loop.timers().arm(connection, limits::kConnectionAttemptDelay);
}

BackendPool::Finding BackendPool::find_rival(const Wish& wish) {
  Finding found;
  for (const auto& other : members_) {
    if (!may_rival(wish.beside->member(), *other, wish.tried)) continue;
    if (has_room(*other, wish) && secure(*other, wish)) return {other.get(), nullptr};
    if (found.full == nullptr) found.full = other.get();
  }
  return found;
}

void BackendPool::challenge_in_turn(BackendConnection& connection, Member* free) {
  if (free == nullptr) return challenge_later(connection);
  const bool has_slot = std::exchange(slot_secured_, false);
  if (!has_slot && !free->idle.empty() && !connection.user_->wish().fresh) {
    return end_race(connection, free->idle.front());
  }
  if (!may_connect_again()) {
    if (has_slot) give_slot_back(*free);
  } else {
    if (open_challenger(*free, connection)) return;
    connect_budget_.give_back();
  }
  challenge_later(connection);
}

void BackendPool::end_race(BackendConnection& connection, BackendConnection& idle) {
  BackendUser& user = *connection.user_;
  set_aside(connection.member());
  take_idle(idle, user);
  user.on_connection_changed(idle);
  retire(connection);
  user.on_backend_event();
}

// That it cannot be tried now says nothing: the first one goes on.
bool BackendPool::open_challenger(Member& member, BackendConnection& first) {
  const bool has_slot = member.limited();
  Dialled dialled = dial(member.spec.address);
  if (dialled.error_number != 0) {
    if (has_slot) give_slot_back(member);
    return false;
  }
  const bool connected = dialled.connected;
  BackendConnection& second = add_connection(member, std::move(dialled), *first.user_, has_slot);
  second.challenges_ = true;
  if (!second.socket.watch(bench_.loop, second)) {
    retire(second);
    return false;
  }
  first.rival_ = &second;
  second.rival_ = &first;
  first.races_ = second.races_ = true;
  if (connected) settle(second);
  return true;
}

void BackendPool::settle(BackendConnection& connection) {
  connection.races_ = false;
  bench_.loop.timers().disarm(connection);
  leave_queue(*connection.user_);
  BackendConnection* const other = std::exchange(connection.rival_, nullptr);
  const bool won = connection.state() == BackendConnection::State::kBusy;
  if (won && connection.member().silent) hear_family(connection.member());
  if (other == nullptr) return connection.user_->on_backend_event();
  go_alone(*other);
  BackendUser& user = *connection.user_;
  BackendConnection& kept = won ? connection : *other;
  BackendConnection& lost = won ? *other : connection;
  if (won && connection.challenges_ && connection.member().usable()) set_aside(lost.member());
  if (!won && lost.failed_here()) {
    report_shortage(lost.member(), kNoMeans);
  } else if (!won) {
    lost.member().stats.connect_errors.add();
    report_unreachable(lost.member(), connect_trouble(lost.error_number()).of_it, user.attempt_ns());
  }
  if (!won) user.on_racer_failed(lost);
  if (std::exchange(kept.challenges_, false)) {
    begin_request(kept.member());
    user.on_connection_changed(kept);
  }
  retire(lost);
  if (won) user.on_backend_event();
}

// The user's own connection takes its challenger along; a challenger goes alone.
void BackendPool::leave_race(BackendConnection& connection) {
  BackendConnection* const other = std::exchange(connection.rival_, nullptr);
  connection.races_ = false;
  leave_queue(*connection.user_);
  if (other == nullptr) return;
  go_alone(*other);
  if (other->challenges_) retire(*other);
}

void BackendPool::set_aside(const Member& silent) {
  // Its address may be another one by now.
  if (silent.vanished()) return;
  for (const auto& member : members_) {
    if (member->spec.name != silent.spec.name ||
        member->spec.address.family() != silent.spec.address.family()) {
      continue;
    }
    member->absence |= Member::kSetAside;
    member->silent = true;
    bench_.loop.timers().arm(member->aside, limits::kFamilyMemory);
  }
  // Who waits for it alone waits in vain.
  if (!queue_.empty()) bench_.queues_due = true;
}

void BackendPool::drop_challengers(Member& member) {
  BackendConnection* next = member.busy.empty() ? nullptr : &member.busy.front();
  while (next != nullptr) {
    BackendConnection& connection = *std::exchange(next, next->next_);
    if (connection.challenges_) retire(connection);
  }
}

void BackendPool::end_set_aside(Member& member) {
  member.absence &= static_cast<std::uint8_t>(~Member::kSetAside);
  member.silent = false;
  if (!queue_.empty()) bench_.queues_due = true;
}

void BackendPool::hear_family(const Member& member) {
  for (const auto& other : members_) {
    if (other->spec.name == member.spec.name &&
        other->spec.address.family() == member.spec.address.family()) {
      other->silent = false;
    }
  }
}

// They are tried again, which does not make them better than they were: their timers go on.
void BackendPool::forget_families(const Member& member) {
  for (const auto& other : members_) {
    if (other->spec.name != member.spec.name) continue;
    other->absence &= static_cast<std::uint8_t>(~Member::kSetAside);
  }
  if (!queue_.empty()) bench_.queues_due = true;
}

void BackendPool::doubt_family(const Member& member) {
  if (member.vanished()) return;
  if (member.two_families && (member.absence & Member::kSetAside) == 0) forget_families(member);
}

void BackendPool::report_unreachable(Member& member, std::string_view why, std::uint64_t since_ns) {
  doubt_family(member);
  report_failure(member, why, since_ns);
}

void BackendPool::note_families() {
  for (const auto& member : members_) {
    member->two_families = std::ranges::any_of(members_, [&member](const auto& other) {
      return other->spec.name == member->spec.name &&
             other->spec.address.family() != member->spec.address.family();
    });
    if (!member->two_families && member->silent) {
      bench_.loop.timers().disarm(member->aside);
      end_set_aside(*member);
    } else if ((member->absence & Member::kSetAside) && other_family_of(*member, nullptr) == nullptr) {
      forget_families(*member);
    }
  }
}

}  // namespace demo
