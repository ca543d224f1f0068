#include "proxy/pool/family_race.h"

#include <cerrno>
#include <utility>

#include "base/connect_failure.h"
#include "proxy/connections/dialled.h"

// Happy Eyeballs (RFC 8305) for a backend whose name has addresses of both families. Each address is a member
// that the balancer chooses by itself; a connect to it that is not answered within the attempt delay gets a
// challenger, a connect to an address of the other family. The first that is open serves the user, the other
// one is closed and nobody's failure. When that was the challenger, the family that was silent is set aside
// for a while, so that the next requests do not wait at all. Where a challenger finds no room, its user waits
// for that in the queue, beside its connect; where this host lacks what it takes, it is tried again.
//
//   connecting ──delay──▶ + challenger ──▶ the first one that is open; the user is told when it is another
//   one                   │
//        │                └─ full ─▶ + place in the queue ──▶ its turn: + challenger
//        └── open: as ever
//
// What happens to the race when a part of it ends:
//
//   one is open                  it serves the user; the other one, or the place in the queue, is given up
//   one of two fails             counted and remembered; the other one goes on as the user's, in the time
//                                that a connect has from its own beginning, and may be challenged again
//   the first one's time is up   the same (a challenger began later)
//   a member gets no requests    its challengers are closed: the first one may be challenged again. A first
//                                one goes on; at the drain deadline the challenger goes on as the user's
//   the first one beside a place the attempt is over as ever; the next one (acquire_again()) keeps the place
//   ends, however it does        and the time of waiting, where nothing else is free
//   the client leaves            all of it
//
// A challenger is one that the request has not tried, while there are such; then one that has failed in an
// earlier attempt, unless it was silent: nobody waits alone for a family that is silent.
namespace demo {

void FamilyRace::await(BackendConnection& connection, const Wish& wish) {
  go_alone(connection);
  const Member& member = connection.member();
  if (wish.tried != nullptr && !wish.tried->may_be_challenged()) return;
  if (families_.has_rival(member, wish, families_.among_rivals(member, wish))) challenge_later(connection);
}

// That a family was silent holds until it answers: that must be heard.
void FamilyRace::go_alone(BackendConnection& connection) {
  connection.rival_ = nullptr;
  connection.races_ = connection.member().silent;
}

void FamilyRace::challenge(BackendConnection& connection) {
  go_alone(connection);
  BackendUser& user = *connection.user_;
  Wish wish = user.wish();
  Member* challenger = nullptr;
  Member* full = nullptr;
  const Among among = families_.among_rivals(connection.member(), wish);
  Member* const unused = connection.member().find_sibling([&](Member& other) {
    if (!MemberFamilies::may_rival(connection.member(), other, wish, among)) return false;
    if (!wish.fresh && !other.idle.empty() && limits_.has_room(other, wish)) return true;
    Member*& fits = limits_.has_free_slot(other) ? challenger : full;
    if (fits == nullptr) fits = &other;
    return false;
  });
  if (unused != nullptr) return end_race(connection, unused->idle.front());
  if (challenger != nullptr && connects_.take(environment_.loop.now_ns())) {
    if (connections_.claim_free_slot(*challenger) && open_challenger(*challenger, connection)) return;
    connects_.give_back();
  } else if (challenger == nullptr && full != nullptr && !queue_.full()) {
    wish.beside = &connection;
    queue_.enter(user, *full, wish, environment_.loop.now_ns());
    environment_.queues_due = true;
    connection.races_ = true;
    // Its client may have left the queue before it came to it.
    return user.on_backend_event();
  }
  challenge_later(connection);
}

void FamilyRace::challenge_later(BackendConnection& connection) {
  connection.races_ = true;
  environment_.loop.timers().arm(connection, limits::kConnectionAttemptDelay);
}

Finding FamilyRace::find_rival(const Wish& wish) {
  Finding found;
  const Member& first = wish.beside->member();
  const Among among = families_.among_rivals(first, wish);
  found.free = first.find_sibling([&](Member& other) {
    if (!MemberFamilies::may_rival(first, other, wish, among)) return false;
    if (limits_.has_room(other, wish) && connections_.secure(other, wish)) return true;
    if (found.full == nullptr) found.full = &other;
    return false;
  });
  return found;
}

void FamilyRace::challenge_in_turn(BackendConnection& connection, Member* free) {
  if (free == nullptr) return challenge_later(connection);
  const bool has_slot = connections_.take_secured_slot();
  if (!has_slot && !free->idle.empty() && !connection.user_->wish().fresh) {
    return end_race(connection, free->idle.front());
  }
  if (!connects_.take(environment_.loop.now_ns())) {
    if (has_slot) connections_.give_slot_back(*free);
  } else {
    if (open_challenger(*free, connection)) return;
    connects_.give_back();
  }
  challenge_later(connection);
}

void FamilyRace::end_race(BackendConnection& connection, BackendConnection& idle) {
  BackendUser& user = *connection.user_;
  families_.set_aside(connection.member());
  connections_.take_idle(idle, user);
  user.on_connection_changed(idle);
  retire(connection);
  user.on_backend_event();
}

// That it cannot be tried now says nothing: the first one goes on.
bool FamilyRace::open_challenger(Member& member, BackendConnection& first) {
  const bool has_slot = member.limited();
  Dialled dialled = dial(member.spec.address);
  if (dialled.error_number != 0) {
    if (has_slot) connections_.give_slot_back(member);
    return false;
  }
  const bool connected = dialled.connected;
  BackendConnection& second = connections_.add(member, std::move(dialled), *first.user_, has_slot);
  second.challenges_ = true;
  second.connects_since_ns_ = environment_.loop.now_ns();
  if (!second.socket.watch(environment_.loop, second)) {
    retire(second);
    return false;
  }
  first.rival_ = &second;
  second.rival_ = &first;
  first.races_ = second.races_ = true;
  if (connected) settle(second);
  return true;
}

void FamilyRace::settle(BackendConnection& connection) {
  connection.races_ = false;
  environment_.loop.timers().disarm(connection);
  BackendUser& user = *connection.user_;
  if (connection.state() == BackendConnection::State::kFailed) {
    if (connection.rival_ == nullptr) {
      WaitQueue::end_beside(user);
      return user.on_backend_event();
    }
    blame_racer(connection, connection.error_number() == ETIMEDOUT);
    return go_on_without(connection);
  }
  if (queue_.leave(user)) environment_.queues_due = true;
  if (connection.member().silent) families_.hear(connection.member());
  if (BackendConnection* const lost = std::exchange(connection.rival_, nullptr)) {
    if (connection.challenges_) {
      if (connection.member().usable()) families_.set_aside(lost->member());
      promote(connection);
    }
    lost->rival_ = nullptr;
    retire(*lost);
  }
  user.on_backend_event();
}

bool FamilyRace::time_out(BackendConnection& connection) {
  if (connection.rival_ == nullptr) return false;
  blame_racer(connection, true);
  go_on_without(connection);
  return true;
}

void FamilyRace::blame_racer(const BackendConnection& lost, bool timed_out) {
  Member& member = lost.member();
  BackendUser& user = *lost.user_;
  if (!timed_out && lost.failed_here()) {
    judge_.report_shortage(member, kNoMeans);
  } else {
    (timed_out ? member.stats.connect_timeouts : member.stats.connect_errors).add();
    const ConnectTrouble trouble = connect_trouble(timed_out ? ETIMEDOUT : lost.error_number());
    judge_.report_unreachable(member, trouble.of_it, user.attempt_ns());
  }
  user.on_racer_failed(lost, timed_out);
}

void FamilyRace::go_on_without(BackendConnection& lost) {
  BackendConnection& kept = *std::exchange(lost.rival_, nullptr);
  kept.rival_ = nullptr;
  if (kept.challenges_) promote(kept);
  retire(lost);
  await(kept, kept.user_->wish());
}

void FamilyRace::promote(BackendConnection& challenger) {
  challenger.challenges_ = false;
  connections_.begin_request(challenger.member());
  challenger.user_->on_connection_changed(challenger);
}

// The user's own connection takes its challenger along; after a challenger the user's own may get another.
void FamilyRace::leave(BackendConnection& connection) {
  BackendConnection* const other = std::exchange(connection.rival_, nullptr);
  connection.races_ = false;
  WaitQueue::end_beside(*connection.user_);
  if (other == nullptr) return;
  other->rival_ = nullptr;
  other->challenges_ ? retire(*other) : await(*other, other->user_->wish());
}

void FamilyRace::drop_challengers(Member& member) {
  for (auto next = member.busy.begin(); next != member.busy.end();) {
    BackendConnection& connection = *next++;
    if (connection.challenges_) retire(connection);
  }
}

void FamilyRace::retire(BackendConnection& connection) {
  if (connection.state() == BackendConnection::State::kConnecting) leave(connection);
  connections_.retire(connection);
}

}  // namespace demo
