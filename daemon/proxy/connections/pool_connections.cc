#include "proxy/connections/pool_connections.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/connect_failure.h"
#include "base/prefetch.h"

namespace demo {
namespace {

// How long a unix socket whose queue is full is left alone. The kernel, which queues the SYNs of TCP, would
// only tell who waits in a blocking connect(2).
constexpr std::chrono::milliseconds kQueueFullRest{20};

void take_out(ConnectionList& list, BackendConnection& connection) {
  list.erase(list.iterator_to(connection));
}

}  // namespace

void PoolConnections::leave_alone(BackendConnection& connection) {
  environment_.loop.timers().arm(connection, kQueueFullRest);
}

bool PoolConnections::may_keep(const BackendConnection& connection) const {
  const Member& member = connection.member();
  return environment_.settings.backend_keepalive.enabled && !environment_.settings.client.draining &&
         member.spec.usable && !member.vanished() && !connection.socket.readable() &&
         connection.socket.writable() && member.idle.size() < limits::kIdleConnectionsPerBackend &&
         environment_.loop.now_ns() >= member.kept_from_ns;
}

void PoolConnections::keep(BackendConnection& connection) {
  Member& member = connection.member();
  detach(connection);
  member.idle.push_front(connection);
  connection.transition(BackendConnection::State::kIdle);
  environment_.stats.worker.backend_connections_idle.add();
  environment_.loop.timers().arm(connection, environment_.settings.backend_keepalive.idle_timeout);
  if (!member.limited()) return;
  note_idle(member);
  yield_idle(member);
}

// That member has come into the cache by now, what it points at has not.
void PoolConnections::fetch_ahead() const {
  const Member* const ahead = choice_.ahead();
  if (ahead == nullptr) return;
  prefetch_first<BackendStats::kOftenCounted>(ahead->stats);
  if (!ahead->idle.empty()) prefetch_first<2 * kCacheLineBytes>(ahead->idle.front());
}

void PoolConnections::take_idle(BackendConnection& connection, BackendUser& user) {
  Member& member = connection.member();
  take_out(member.idle, connection);
  if (member.limited()) note_idle(member);
  member.busy.push_front(connection);
  connection.transition(BackendConnection::State::kBusy);
  connection.user_ = &user;
  ++connection.uses_;
  connection.taken_turn_ = environment_.loop.turn();
  connection.parting_ = {};
  begin_request(member);
  environment_.stats.worker.backend_connections_idle.subtract();
}

BackendConnection& PoolConnections::add(Member& member, Dialled dialled, BackendUser& user, bool has_slot) {
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

void PoolConnections::connect_again(BackendConnection& connection) {
  const Address& address = connection.member().spec.address;
  const int fd = connection.socket.fd();
  const int error_number =
      ::connect(fd, address.sockaddr_ptr(), address.sockaddr_size()) == 0 || errno == EISCONN ? 0 : errno;
  const bool unwatched = error_number == 0 && !connection.socket.watch(environment_.loop, connection);
  const bool again =
      unwatched || (error_number != 0 && connect_failure(error_number, address) != ConnectFailure::kPeer);
  connection.error_number_ = unwatched ? ENOMEM : error_number;
  if (again) return leave_alone(connection);
  if (error_number == 0) connection.socket.note(EPOLLOUT);
  connection.transition(error_number == 0 ? BackendConnection::State::kBusy
                                          : BackendConnection::State::kFailed);
  connection.user_->on_backend_event();
}

void PoolConnections::detach(BackendConnection& connection) {
  Member& member = connection.member();
  switch (connection.state()) {
    case BackendConnection::State::kIdle:
      take_out(member.idle, connection);
      if (member.limited()) note_idle(member);
      environment_.stats.worker.backend_connections_idle.subtract();
      return;
    case BackendConnection::State::kParting:
      take_out(member.parting, connection);
      if (member.vanished()) environment_.queues_due = true;
      return;
    case BackendConnection::State::kConnecting:
    case BackendConnection::State::kFailed:
    case BackendConnection::State::kBusy:
      take_out(member.busy, connection);
      connection.user_ = nullptr;
      if (connection.challenges_) return;
      --member.active;
      member.stats.requests_active.subtract();
      choice_.note_load(member);
      return;
  }
}

void PoolConnections::part(BackendConnection& connection) {
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
void PoolConnections::hear_parting(BackendConnection& connection) {
  PeerSocket& socket = connection.socket;
  std::size_t dropped = 0;
  while (socket.readable()) {
    const IoResult got = socket.receive(environment_.buffers.scratch());
    dropped += got.bytes;
    const bool over = got.outcome == IoOutcome::kEnd || is_broken(got.outcome);
    if (over || dropped > limits::kLingerDrainBytes) return retire(connection);
  }
}

void PoolConnections::retire(BackendConnection& connection) {
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

void PoolConnections::retire_idle(BackendConnection& connection) {
  if (connection.state() == BackendConnection::State::kParting) return retire(connection);
  part(connection);
}

void PoolConnections::close_idle_of(Member& member) {
  while (!member.idle.empty()) part(member.idle.front());
}

bool PoolConnections::secure_slot(Member& member, const Wish& wish) {
  if (!member.idle.empty() && !wish.fresh) return true;
  slot_secured_ = limits_.claim(member, wish.queued);
  if (slot_secured_ || member.idle.empty()) return slot_secured_;
  // A new connection takes the place of an unused one.
  BackendConnection& unused = member.idle.back();
  slot_secured_ = std::exchange(unused.has_slot_, false);
  retire_idle(unused);
  return slot_secured_;
}

bool PoolConnections::claim_free_slot(const Member& member) {
  return !member.limited() || limits_.claim(member, false);
}

void PoolConnections::give_slot_back(Member& member) {
  limits_.release(member);
  choice_.note_room(member);
  if (!queue_.empty()) environment_.queues_due = true;
}

void PoolConnections::count(Member& member) {
  const bool counted = member.limited();
  if (!counted) limits_.stand_in_line(member, 0);
  for (ConnectionList* list : {&member.busy, &member.idle, &member.parting}) {
    for (BackendConnection& connection : *list) {
      if (std::exchange(connection.has_slot_, counted) == counted) continue;
      counted ? limits_.force(member) : limits_.release(member);
    }
  }
  limits_.note_idle(member);
}

void PoolConnections::note_idle(Member& member) {
  limits_.note_idle(member);
  choice_.note_room(member);
}

void PoolConnections::yield_idle(Member& member) {
  while (!member.idle.empty() && limits_.wants_idle(member)) retire_idle(member.idle.back());
}

}  // namespace demo
