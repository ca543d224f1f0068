#include "proxy/pool/backend_pool.h"

#include <cerrno>
#include <utility>

#include "base/connect_failure.h"
#include "proxy/connections/dialled.h"

namespace demo {
namespace {

// Connects may double the load of a pool at most, a request sent again adds a fifth.
constexpr unsigned kConnectBudgetPercent = 100;
constexpr unsigned kSendBudgetPercent = 20;
// Enough for what is in flight when a backend dies, once.
constexpr unsigned kBudgetReserve = 1000;
constexpr unsigned kBudgetPerSecond = 10;

}  // namespace

BackendPool::BackendPool(PoolEnvironment& environment, std::string pool_name)
    : MemberOwner(environment.loop),
      environment_(environment),
      name_(std::move(pool_name)),
      limits_(environment.outlook.quota),
      choice_(environment.loop, environment.outlook, limits_, environment.worker),
      connect_budget_(kConnectBudgetPercent, kBudgetReserve, kBudgetPerSecond),
      send_budget_(kSendBudgetPercent, kBudgetReserve, kBudgetPerSecond),
      connections_(environment, limits_, choice_, queue_),
      families_(environment, members_, leaving_, choice_, queue_),
      judge_(environment, name_, members_, choice_, connections_, families_, queue_),
      race_(environment, limits_, queue_, connect_budget_, connections_, families_, judge_) {}

Grant BackendPool::acquire(BackendUser& user, const Wish& wish) {
  const bool may_wait = !queue_.full();
  const Finding found = find(wish, may_wait);
  if (found.free != nullptr) return grant_from(*found.free, user, wish);
  if (found.full == nullptr) return {GrantOutcome::kNoBackend, nullptr, nullptr, 0};
  if (!may_wait) {
    found.full->stats.queue_full.add();
    return {GrantOutcome::kQueueFull, nullptr, found.full, 0};
  }
  // Behind somebody who would take any, nobody's turn comes sooner.
  if (!queue_.anyone_takes_any()) environment_.queues_due = true;
  queue_.enter(user, *found.full, wish, environment_.loop.now_ns());
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
Finding BackendPool::find(const Wish& wish, bool may_wait) {
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
    if (connections_.secure(*member, wish)) return member;
  }
  return nullptr;
}

Grant BackendPool::grant_from(Member& member, BackendUser& user, const Wish& wish) {
  if (wish.fresh || member.idle.empty()) return open_connection(member, user, wish);
  BackendConnection& connection = member.idle.front();
  connections_.take_idle(connection, user);
  return {GrantOutcome::kConnected, &connection, &member, 0};
}

Grant BackendPool::open_connection(Member& member, BackendUser& user, const Wish& wish) {
  const bool has_slot = connections_.take_secured_slot();
  Dialled dialled = dial(member.spec.address);
  const int error_number = dialled.error_number;
  const bool failed = error_number != 0;
  const ConnectFailure failure =
      failed ? connect_failure(error_number, member.spec.address) : ConnectFailure::kPeer;
  if (failed && failure != ConnectFailure::kQueueFull) {
    if (has_slot) connections_.give_slot_back(member);
    if (failure == ConnectFailure::kShortage) return no_resources(member, error_number);
    member.stats.connect_errors.add();
    return {GrantOutcome::kConnectFailed, nullptr, &member, error_number};
  }
  const bool connected = dialled.connected;
  BackendConnection& connection = connections_.add(member, std::move(dialled), user, has_slot);
  connections_.begin_request(member);
  if (failed) {
    connections_.leave_alone(connection);
  } else if (!connection.socket.watch(environment_.loop, connection)) {
    connections_.retire(connection);
    return no_resources(member, ENOMEM);
  } else if (!connected && member.two_families) {
    race_.await(connection, wish);
  }
  return {connected ? GrantOutcome::kConnected : GrantOutcome::kConnecting, &connection, &member, 0};
}

void BackendPool::release(BackendConnection& connection, bool reusable) {
  if (connection.state() == BackendConnection::State::kConnecting) race_.leave(connection);
  if (!queue_.empty() || connection.member().vanished()) environment_.queues_due = true;
  reusable&& connections_.may_keep(connection) ? connections_.keep(connection)
                                               : connections_.part(connection);
}

void BackendPool::keep_none_to(const Address& address, std::uint64_t until_ns) {
  for (const auto& member : members_) {
    if (member->spec.address == address) judge_.keep_none_to(*member, until_ns);
  }
}

void BackendPool::keep_out(const MemberNotice& ejection) {
  const auto member = std::ranges::find_if(members_, [&](const auto& candidate) {
    return candidate->spec.address == ejection.address && candidate->spec.name() == ejection.endpoint;
  });
  if (member == members_.end()) return;
  judge_.keep_out(**member, ejection.reason, ejection.failures, ejection.time);
}

void BackendPool::close_idle() {
  for (const auto& member : members_) connections_.close_idle_of(*member);
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
  for (auto next = queue_.begin(); next != queue_.end();) {
    BackendUser& user = *next;
    const Wish wish = WaitQueue::wish_of(user);
    const Finding found = wish.beside != nullptr ? race_.find_rival(wish) : find(wish, true);
    if (found.free == nullptr && found.full != nullptr) {
      if (WaitQueue::takes_any(user)) break;
      ++next;
      continue;
    }
    queue_.leave(user);
    // Who is behind it waits from now on; the others may come first.
    if (limited_) stand_in_lines();
    if (wish.beside != nullptr) {
      race_.challenge_in_turn(*wish.beside, found.free);
    } else {
      user.on_grant(found.free == nullptr ? Grant{GrantOutcome::kNoBackend, nullptr, nullptr, 0}
                                          : grant_from(*found.free, user, wish));
    }
    if (limited_) stand_in_lines();
    next = queue_.begin();
  }
  std::erase_if(leaving_, [](const auto& member) { return member->unused(); });
}

// Others may wait behind it, in this worker and elsewhere.
void BackendPool::leave_queue(BackendUser& user) {
  if (queue_.leave(user)) environment_.queues_due = true;
}

void BackendPool::give_up_waiting(BackendUser& user) {
  if (const Member* member = WaitQueue::member_of(user)) member->stats.queue_timeouts.add();
  leave_queue(user);
}

Grant BackendPool::no_resources(Member& member, int error_number) {
  judge_.report_shortage(member, error_number == EADDRNOTAVAIL ? "every local port towards it is in use"
                                                               : errno_text(error_number));
  return {GrantOutcome::kNoResources, nullptr, &member, error_number};
}

}  // namespace demo
