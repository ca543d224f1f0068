#include "proxy/backend_pool.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/connect_failure.h"
#include "base/log.h"
#include "proxy/dialled.h"

namespace demo {
namespace {

// Connects may double the load of a pool at most, a request sent again adds a fifth.
constexpr unsigned kConnectBudgetPercent = 100;
constexpr unsigned kSendBudgetPercent = 20;
// Enough for what is in flight when a backend dies, once.
constexpr unsigned kBudgetReserve = 1000;
constexpr unsigned kBudgetPerSecond = 10;

constexpr std::uint64_t kLogIntervalNs = 10'000'000'000;

// How long a unix socket whose queue is full is left alone. The kernel, which queues the SYNs of TCP, would
// only tell who waits in a blocking connect(2).
constexpr std::chrono::milliseconds kQueueFullRest{20};

}  // namespace

BackendPool::BackendPool(PoolEnvironment& environment, std::string pool_name)
    : environment_(environment),
      name_(std::move(pool_name)),
      limits_(environment.outlook.quota),
      choice_(environment.loop, environment.outlook, limits_, environment.worker),
      connect_budget_(kConnectBudgetPercent, kBudgetReserve, kBudgetPerSecond),
      send_budget_(kSendBudgetPercent, kBudgetReserve, kBudgetPerSecond) {}

std::uint64_t BackendPool::turn() const { return environment_.loop.turn(); }

Grant BackendPool::acquire(BackendUser& user, const Wish& wish) {
  const bool may_wait = queue_.size() < queue_limit_;
  const Finding found = find(wish, may_wait);
  if (found.free != nullptr) return grant_from(*found.free, user, wish);
  if (found.full == nullptr) return {GrantOutcome::kNoBackend, nullptr, nullptr, 0};
  if (!may_wait) {
    found.full->stats.queue_full.add();
    return {GrantOutcome::kQueueFull, nullptr, found.full, 0};
  }
  queue_.enter(user, *found.full, wish, environment_.loop.now_ns());
  environment_.queues_due = true;
  return {GrantOutcome::kQueued, nullptr, found.full, 0};
}

Grant BackendPool::acquire_again(BackendUser& user, const Wish& wish) {
  if (WaitQueue::member_of(user) == nullptr) return acquire(user, wish);
  const Finding found = find(wish, true);
  if (found.free == nullptr && found.full != nullptr) {
    WaitQueue::change(user, *found.full, wish);
    environment_.queues_due = true;
    return {GrantOutcome::kQueued, nullptr, found.full, 0};
  }
  leave_queue(user);
  if (found.free == nullptr) return {GrantOutcome::kNoBackend, nullptr, nullptr, 0};
  return grant_from(*found.free, user, wish);
}

// To wait for a member that was not tried is better than to try another one again.
BackendPool::Finding BackendPool::find(const Wish& wish, bool may_wait) {
  Finding found{secure_one(wish, Among::kUntried), nullptr};
  if (found.free != nullptr) return found;
  found.full = choice_.choose_full(wish, Among::kUntried);
  if (found.full != nullptr && may_wait) return found;
  if (wish.tried == nullptr || wish.others_only) return found;
  found.free = secure_one(wish, Among::kAll);
  if (found.full == nullptr) found.full = choice_.choose_full(wish, Among::kAll);
  return found;
}

Member* BackendPool::secure_one(const Wish& wish, Among among) {
  while (Member* const member = choice_.choose(wish, among)) {
    if (secure(*member, wish)) return member;
  }
  return nullptr;
}

Grant BackendPool::grant_from(Member& member, BackendUser& user, const Wish& wish) {
  if (wish.fresh || member.idle.empty()) return open_connection(member, user, wish);
  BackendConnection& connection = member.idle.front();
  take_idle(connection, user);
  return {GrantOutcome::kConnected, &connection, &member, 0};
}

void BackendPool::take_idle(BackendConnection& connection, BackendUser& user) {
  Member& member = connection.member();
  member.idle.remove(connection);
  if (member.limited()) note_idle(member);
  member.busy.push_front(connection);
  connection.transition(BackendConnection::State::kBusy);
  connection.user_ = &user;
  ++connection.uses_;
  connection.taken_turn_ = turn();
  connection.parting_ = {};
  begin_request(member);
  environment_.stats.worker.backend_connections_idle.subtract();
}

Grant BackendPool::open_connection(Member& member, BackendUser& user, const Wish& wish) {
  const bool has_slot = std::exchange(slot_secured_, false);
  Dialled dialled = dial(member.spec.address);
  const int error_number = dialled.error_number;
  const bool failed = error_number != 0;
  const ConnectFailure failure =
      failed ? connect_failure(error_number, member.spec.address) : ConnectFailure::kPeer;
  if (failed && failure != ConnectFailure::kQueueFull) {
    if (has_slot) give_slot_back(member);
    if (failure == ConnectFailure::kShortage) return no_resources(member, error_number);
    member.stats.connect_errors.add();
    return {GrantOutcome::kConnectFailed, nullptr, &member, error_number};
  }
  const bool connected = dialled.connected;
  BackendConnection& connection = add_connection(member, std::move(dialled), user, has_slot);
  begin_request(member);
  if (failed) {
    // Not watched before it is connected: epoll takes it for one that has ended.
    environment_.loop.timers().arm(connection, kQueueFullRest);
  } else if (!connection.socket.watch(environment_.loop, connection)) {
    retire(connection);
    return no_resources(member, ENOMEM);
  } else if (!connected && member.two_families) {
    await_answer(connection, wish);
  }
  return {connected ? GrantOutcome::kConnected : GrantOutcome::kConnecting, &connection, &member, 0};
}

BackendConnection& BackendPool::add_connection(Member& member, Dialled dialled, BackendUser& user,
                                               bool has_slot) {
  BackendConnection& connection =
      environment_.connections.create(member, std::move(dialled.fd), dialled.connected);
  member.busy.push_front(connection);
  connection.user_ = &user;
  connection.uses_ = 1;
  connection.has_slot_ = has_slot;
  member.stats.connects.add();
  member.stats.connections_open.add();
  environment_.stats.worker.backend_connections_open.add();
  return connection;
}

void BackendPool::connect_again(BackendConnection& connection) {
  const Address& address = connection.member().spec.address;
  const int fd = connection.socket.fd();
  const int error_number =
      ::connect(fd, address.sockaddr_ptr(), address.sockaddr_size()) == 0 || errno == EISCONN ? 0 : errno;
  const bool unwatched = error_number == 0 && !connection.socket.watch(environment_.loop, connection);
  const bool again =
      unwatched || (error_number != 0 && connect_failure(error_number, address) != ConnectFailure::kPeer);
  connection.error_number_ = unwatched ? ENOMEM : error_number;
  if (again) return environment_.loop.timers().arm(connection, kQueueFullRest);
  if (error_number == 0) connection.socket.note(EPOLLOUT);
  connection.transition(error_number == 0 ? BackendConnection::State::kBusy
                                          : BackendConnection::State::kFailed);
  connection.user_->on_backend_event();
}

void BackendPool::release(BackendConnection& connection, bool reusable) {
  Member& member = connection.member();
  if (!queue_.empty() || member.vanished()) environment_.queues_due = true;
  const bool keep = reusable && environment_.settings.backend_keepalive.enabled &&
                    !environment_.settings.draining && member.spec.usable && !member.vanished() &&
                    !connection.socket.readable() && connection.socket.writable() &&
                    member.idle.size() < limits::kIdleConnectionsPerBackend &&
                    environment_.loop.now_ns() >= member.kept_from_ns;
  if (!keep) return part(connection);
  detach(connection);
  member.idle.push_front(connection);
  connection.transition(BackendConnection::State::kIdle);
  environment_.stats.worker.backend_connections_idle.add();
  environment_.loop.timers().arm(connection, environment_.settings.backend_keepalive.idle_timeout);
  if (!member.limited()) return;
  note_idle(member);
  yield_idle(member);
}

void BackendPool::detach(BackendConnection& connection) {
  Member& member = connection.member();
  switch (connection.state()) {
    case BackendConnection::State::kIdle:
      member.idle.remove(connection);
      if (member.limited()) note_idle(member);
      environment_.stats.worker.backend_connections_idle.subtract();
      return;
    case BackendConnection::State::kParting:
      member.parting.remove(connection);
      if (member.vanished()) environment_.queues_due = true;
      return;
    case BackendConnection::State::kConnecting:
      leave_race(connection);
      [[fallthrough]];
    case BackendConnection::State::kFailed:
    case BackendConnection::State::kBusy:
      member.busy.remove(connection);
      connection.user_ = nullptr;
      if (connection.challenges_) return;
      --member.active;
      member.stats.requests_active.subtract();
      choice_.note_load(member);
      return;
  }
}

void BackendPool::part(BackendConnection& connection) {
  Member& member = connection.member();
  switch (connection.parting()) {
    case Parting::kFin:
      break;
    case Parting::kReset:
      if (!member.spec.address.is_unix()) connection.socket.reset_when_closed();
      break;
    case Parting::kWait:
      // It still counts as a connection for the backend: where those are limited it goes at once.
      if (member.limited() || member.spec.address.is_unix() ||
          member.parting.size() >= limits::kIdleConnectionsPerBackend) {
        break;
      }
      detach(connection);
      member.parting.push_front(connection);
      connection.transition(BackendConnection::State::kParting);
      environment_.loop.timers().arm(connection, limits::kLingerTimeout);
      return hear_parting(connection);
  }
  retire(connection);
}

// Its end is read, so that ours is second; bytes before it are dropped, since closing over them would reset.
void BackendPool::hear_parting(BackendConnection& connection) {
  PeerSocket& socket = connection.socket;
  std::size_t dropped = 0;
  while (socket.readable()) {
    const IoResult got = socket.receive(environment_.buffers.scratch());
    dropped += got.bytes;
    const bool over = got.outcome == IoOutcome::kEnd || is_broken(got.outcome);
    if (over || dropped > limits::kLingerDrainBytes) return retire(connection);
  }
}

void BackendPool::retire(BackendConnection& connection) {
  detach(connection);
  Member& member = connection.member();
  member.stats.connections_open.subtract();
  environment_.stats.worker.backend_connections_open.subtract();
  const bool had_slot = connection.has_slot_;
  environment_.connections.retire(connection);
  // Its descriptor is closed now.
  if (had_slot) give_slot_back(member);
  if (member.vanished()) environment_.queues_due = true;
}

void BackendPool::retire_idle(BackendConnection& connection) {
  if (connection.state() == BackendConnection::State::kParting) return retire(connection);
  part(connection);
}

void BackendPool::distrust(Member& member) {
  const std::uint64_t now_ns = environment_.loop.now_ns();
  const auto time_ns = static_cast<std::uint64_t>(environment_.distrust.count());
  // One that goes on is told again now and then, so that who was told before knows that it lasts.
  if (time_ns > 0 && now_ns >= member.distrust_due_ns) {
    member.distrust_due_ns = now_ns + time_ns / 4;
    tell(member, BackendNews::kDistrusted, "it sent a response that nobody had asked for",
         std::chrono::duration_cast<std::chrono::milliseconds>(environment_.distrust));
  }
  member.kept_from_ns = now_ns + time_ns;
  environment_.distrusted.add(member.spec.address, now_ns, member.kept_from_ns);
  close_idle_of(member);
}

void BackendPool::keep_none_to(const Address& address, std::uint64_t until_ns) {
  // Who told it tells it again when it is due; all others need not, in each worker.
  const std::uint64_t told_for_ns = static_cast<std::uint64_t>(environment_.distrust.count()) / 4 * 3;
  for (const auto& member : members_) {
    if (member->spec.address != address) continue;
    member->kept_from_ns = until_ns;
    member->distrust_due_ns = std::max(member->distrust_due_ns, until_ns - std::min(until_ns, told_for_ns));
    close_idle_of(*member);
  }
}

void BackendPool::close_idle_of(Member& member) {
  while (!member.idle.empty()) part(member.idle.front());
}

void BackendPool::close_idle() {
  for (const auto& member : members_) close_idle_of(*member);
}

void BackendPool::count_request() {
  connect_budget_.count_request();
  send_budget_.count_request();
}

bool BackendPool::may_connect_again() { return connect_budget_.take(environment_.loop.now_ns()); }
bool BackendPool::may_send_again() { return send_budget_.take(environment_.loop.now_ns()); }

// Who finds nothing waits on, and so do those behind who would not take more either.
void BackendPool::tidy() {
  if (limited_) stand_in_lines();
  for (BackendUser* user = queue_.front(); user != nullptr;) {
    const Wish wish = WaitQueue::wish_of(*user);
    const Finding found = wish.beside != nullptr ? find_rival(wish) : find(wish, true);
    if (found.free == nullptr && found.full != nullptr) {
      if (wish.tried == nullptr && wish.beside == nullptr) break;
      user = WaitQueue::behind(*user);
      continue;
    }
    queue_.leave(*user);
    // Who is behind it waits from now on; the others may come first.
    if (limited_) stand_in_lines();
    if (wish.beside != nullptr) {
      challenge_in_turn(*wish.beside, found.free);
    } else {
      user->on_grant(found.free == nullptr ? Grant{GrantOutcome::kNoBackend, nullptr, nullptr, 0}
                                           : grant_from(*found.free, *user, wish));
    }
    if (limited_) stand_in_lines();
    user = queue_.front();
  }
  std::erase_if(leaving_, [](const auto& member) { return member->unused(); });
}

// Others may wait behind it, in this worker and elsewhere.
void BackendPool::leave_queue(BackendUser& user) {
  if (WaitQueue::member_of(user) == nullptr) return;
  queue_.leave(user);
  environment_.queues_due = true;
}

void BackendPool::give_up_waiting(BackendUser& user) {
  if (const Member* member = WaitQueue::member_of(user)) member->stats.queue_timeouts.add();
  leave_queue(user);
}

Grant BackendPool::no_resources(Member& member, int error_number) {
  report_shortage(member, error_number == EADDRNOTAVAIL ? "every local port towards it is in use"
                                                        : errno_text(error_number));
  return {GrantOutcome::kNoResources, nullptr, &member, error_number};
}

void BackendPool::report_shortage(const Member& member, std::string_view what) {
  member.stats.connect_shortages.add();
  const std::uint64_t now_ns = environment_.loop.now_ns();
  if (logged_ns_ != 0 && now_ns - logged_ns_ < kLogIntervalNs) return;
  logged_ns_ = now_ns;
  log(LogLevel::kError, "no connection to backend {} of pool {}: {}", member.spec.name(), name_, what);
}

}  // namespace demo
