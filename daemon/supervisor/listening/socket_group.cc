#include "supervisor/listening/socket_group.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "base/grown.h"
#include "base/limits.h"
#include "base/log.h"
#include "supervisor/listening/listening_end.h"
#include "supervisor/listening/socket_options.h"

// Why a socket is never just closed: close(2) of a listening socket resets every connection in its queue, and
// of those whose handshake is under way the last packet finds nobody. So a socket that is no longer wanted is
// first taken out of the kernel's selection, then served until no handshake can be open any more and its
// queue is empty, then granted to nobody, and closed when every worker has acknowledged that. What comes late
// all the same sends it one step back.
//
// Who is selected says a program that the group shares (accept_steering.h), by index in the kernel's order of
// the group. New sockets are appended, so the indexes of a program that is in force stay right while
// prepare() opens some; close(2) moves the last socket into the gap, so for that moment neither index is
// selected, and one socket is closed at a time. Without a program the kernel's hash is over all members:
// wherever it would find one that is not to be found, there is a program.

namespace demo {
namespace {

std::uint64_t nanoseconds(std::chrono::nanoseconds duration) {
  return static_cast<std::uint64_t>(duration.count());
}

}  // namespace

bool SocketGroup::can_be_kept(const Member& member, const Wanted& wanted) const {
  if (member.phase == Phase::kRevoked) return false;
  if (member.is_passed()) return true;
  SocketTraits traits = member.traits;
  if (listener_.address.is_unix()) {
    // One that lost its path is found by nobody. How workers wait for it needs no other socket.
    if (member.committed && !member.socket.name.has_path()) return false;
    traits.exclusive = wanted.traits.exclusive;
  }
  if (!(traits == wanted.traits)) return false;
  return std::find(wanted.owners.begin(), wanted.owners.end(), member.owner) != wanted.owners.end();
}

bool SocketGroup::is_wanted(const Member& member) const { return wanted_ && can_be_kept(member, *wanted_); }

SocketGroup::Wanted SocketGroup::wanted_of(const Listener& listener, AcceptMode mode,
                                           const std::vector<WorkerPlace>& workers) const {
  mode = mode_of_passed(mode, passed_.size(), workers.size());
  // A unix path belongs to one socket.
  if (listener.address.is_unix() && has_socket_per_worker(mode)) mode = AcceptMode::kExclusive;
  Wanted wanted{listener, mode, workers, {}, SocketTraits::of(listener, mode), ""};
  if (has_socket_per_worker(mode)) {
    for (const WorkerPlace& worker : workers) wanted.owners.push_back(worker.index);
  } else {
    wanted.owners.push_back(kEveryWorker);
  }
  return wanted;
}

void SocketGroup::wait(const Listener& listener, AcceptMode mode, const std::vector<WorkerPlace>& workers,
                       std::string why) {
  prepared_ = wanted_of(listener, mode, workers);
  prepared_->trouble = std::move(why);
}

Status SocketGroup::prepare(const Listener& listener, AcceptMode mode,
                            const std::vector<WorkerPlace>& workers) {
  prepared_ = wanted_of(listener, mode, workers);
  if (!passed_.empty()) {
    join_passed(passed_, members_);
    return {};
  }
  std::vector<unsigned> missing = prepared_->owners;
  std::erase_if(missing, [&](unsigned owner) {
    return std::any_of(members_.begin(), members_.end(),
                       [&](const Member& m) { return m.owner == owner && can_be_kept(m, *prepared_); });
  });
  // New members are appended, so the present indexes stay right; without a program the kernel would select
  // the new ones at once.
  if (!missing.empty() && !members_.empty()) steer(wanted_steering(true));
  for (const unsigned owner : missing) {
    if (auto opened = open_member(listener, owner); !opened) {
      rollback();
      return opened;
    }
  }
  return {};
}

Status SocketGroup::open_member(const Listener& listener, unsigned owner) {
  Address bind_to = listener.address;
  if (!members_.empty()) bind_to.set_port(bound().port());
  auto opened = open_listener_socket(listener, bind_to);
  if (!opened) return opened.error();
  if (auto inherited = inherit_path(listener, members_, opened->name); !inherited) return inherited;
  Member& member = members_.emplace_back();
  member.id = SocketMember::next_id();
  member.socket = std::move(*opened);
  member.owner = owner;
  member.traits = prepared_->traits;
  return {};
}

// A new number makes workers watch the same socket in their other way. Nothing else makes a new one: whoever
// goes on after this process died, or came to nothing, knows the old one.
void SocketGroup::take_traits(Member& member) {
  if (member.traits.exclusive != wanted_->traits.exclusive) member.id = SocketMember::next_id();
  member.traits = wanted_->traits;
}

void SocketGroup::rollback() {
  prepared_.reset();
  // From the back: closing the last one moves none.
  while (!members_.empty() && !members_.back().committed) members_.pop_back();
  // Taken over and not in force yet: it goes on as it was.
  if (!members_.empty() && steering_known_) steer(wanted_steering(false));
}

void SocketGroup::commit(const GroupClock& clock) {
  if (!prepared_) return;
  const bool is_new =
      std::none_of(members_.begin(), members_.end(), [](const Member& m) { return m.committed; });
  wanted_ = std::exchange(prepared_, std::nullopt);
  trouble_ = wanted_->trouble;
  listener_ = wanted_->listener;
  strange_ = false;
  mode_ = wanted_->mode;
  set_up_passed({listener_, mode_, wanted_->workers, wanted_->traits}, members_);
  for (Member& member : members_) {
    if (!member.committed) {
      take_path(listener_, members_, member);
      member.committed = true;
      member.version = clock.next_version;
      member.since_ns = clock.now_ns;
      // With nothing else to select, connections may as well wait in the new queues.
      if (is_new) member.phase = Phase::kActive;
    }
    if (is_wanted(member)) {
      take_traits(member);
      if (member.phase == Phase::kRetiring) member.phase = Phase::kActive;
      options_ = member.socket.options;
    }
  }
  retire_unwanted(clock);
  steer(wanted_steering(false));
}

void SocketGroup::remove(const GroupClock& clock) {
  wanted_.reset();
  refuse();
  handshakes_.begin();
  for (Member& member : members_) {
    if (member.phase == Phase::kRevoked) continue;
    member.phase = Phase::kRetiring;
    member.since_ns = clock.now_ns;
  }
}

void SocketGroup::refuse() {
  for (Member& member : members_) {
    member.socket.name.remove();
    if (member.is_passed()) {
      hold_off(member.socket.fd.get(), listener_.address);
      in_the_way_ = true;
      continue;
    }
    if (listener_.address.is_unix()) continue;
    in_the_way_ |= refuse_new(member.socket.fd.get()) == Refusal::kDropped;
  }
}

void SocketGroup::end() {
  for (Member& member : members_) member.close();
  members_.clear();
}

bool SocketGroup::settle(const GroupClock& clock) {
  if (wanted_) {
    settle_joining(clock);
    retire_unwanted(clock);
  }
  bool changed = revoke_empty(clock);
  changed |= close_revoked(clock);
  const bool steered_before = is_steered();
  if (!members_.empty()) steer(wanted_steering(false));
  if (!steered_before && is_steered()) {
    // Only now nobody comes to them any more.
    for (Member& member : members_) {
      if (member.phase == Phase::kRetiring) member.since_ns = clock.now_ns;
    }
  }
  return changed;
}

void SocketGroup::settle_joining(const GroupClock& clock) {
  for (Member& member : members_) {
    if (member.phase != Phase::kJoining || !member.committed) continue;
    const std::vector<unsigned> acceptors = acceptors_of(member.owner, clock.standings);
    const bool accepted_on =
        std::any_of(clock.standings.begin(), clock.standings.end(), [&](const auto& standing) {
          return standing.ready && standing.acked_version >= member.version &&
                 std::find(acceptors.begin(), acceptors.end(), standing.place.index) != acceptors.end();
        });
    if (accepted_on) member.phase = Phase::kActive;
  }
}

void SocketGroup::retire_unwanted(const GroupClock& clock) {
  bool replaced = false;
  for (const Member& member : members_) {
    if (!is_wanted(member)) continue;
    if (member.phase == Phase::kActive) replaced = true;
    // A worker that does not acknowledge holds the rest up for this long only.
    const bool waiting = member.phase == Phase::kJoining &&
                         clock.now_ns - member.since_ns < nanoseconds(limits::kChangeAckTimeout);
    if (waiting) return;
  }
  if (!replaced) return;
  for (Member& member : members_) {
    if (is_wanted(member) || member.phase == Phase::kRetiring || member.phase == Phase::kRevoked) continue;
    member.phase = Phase::kRetiring;
    member.since_ns = clock.now_ns;
  }
}

bool SocketGroup::revoke_empty(const GroupClock& clock) {
  bool changed = false;
  for (Member& member : members_) {
    if (member.phase != Phase::kRetiring || !is_over(member, clock)) continue;
    member.phase = Phase::kRevoked;
    member.version = clock.next_version;
    changed = true;
  }
  return changed;
}

// Whether nobody comes any more and nobody waits. In this order: a handshake ends in the queue.
bool SocketGroup::is_over(const Member& member, const GroupClock& clock) {
  const std::uint64_t age_ns = clock.now_ns - member.since_ns;
  if (!wanted_ && age_ns >= nanoseconds(limits::kDrainTimeout)) return true;
  if (wanted_ && !is_steered()) return false;
  if (age_ns < member.traits.grace_ns()) {
    if (wanted_) return false;
    if (!listener_.address.is_unix() && handshakes_.may_be_open(bound().port())) return false;
  }
  return !has_waiting_connection(member.socket.fd.get());
}

bool SocketGroup::close_revoked(const GroupClock& clock) {
  bool changed = false;
  for (std::size_t i = members_.size(); i-- > 0;) {
    Member& member = members_[i];
    if (member.phase != Phase::kRevoked) continue;
    const bool held = std::any_of(clock.standings.begin(), clock.standings.end(), [&](const auto& standing) {
      return standing.running && standing.acked_version < member.version;
    });
    if (held) continue;
    if (!is_over(member, clock)) {
      member.phase = Phase::kRetiring;
      changed = true;
      continue;
    }
    const bool moves_another = i + 1 != members_.size();
    if (!close_member(i)) break;
    // One at a time: the queues of the others are looked at again after the indexes moved.
    if (moves_another && wanted_) break;
  }
  return changed;
}

bool SocketGroup::close_member(std::size_t index) {
  const std::size_t last = members_.size() - 1;
  if (index != last && !applied_.selected.empty()) {
    // The last one moves into the gap: neither index is selected while it does. When there is no third one,
    // the index of the last is beyond the end afterwards and the kernel's hash finds the one that is left.
    Steering steering = applied_;
    std::erase(steering.selected, static_cast<unsigned>(last));
    std::erase_if(steering.by_core, [&](const CoreIndex& entry) { return entry.index == last; });
    if (!steering.selected.empty()) steer(steering);
    if (wanted_ && !is_steered()) return false;
  }
  members_[index].close();
  if (index != last) members_[index] = std::move(members_[last]);
  members_.pop_back();
  if (!members_.empty()) steer(wanted_steering(false));
  return true;
}

// only_selected: name the selected ones even where the kernel's hash would do, because more members are to
// come.
Steering SocketGroup::wanted_steering(bool only_selected) const {
  Steering steering;
  for (unsigned i = 0; i < members_.size(); ++i) {
    if (members_[i].phase == Phase::kActive) steering.selected.push_back(i);
  }
  if (mode_ == AcceptMode::kReuseportCpu && wanted_) {
    for (const WorkerPlace& worker : wanted_->workers) {
      for (const unsigned i : steering.selected) {
        if (members_[i].owner == worker.index) steering.by_core.push_back({worker.core, i});
      }
    }
    std::sort(steering.by_core.begin(), steering.by_core.end(),
              [](const CoreIndex& a, const CoreIndex& b) { return a.core < b.core; });
    if (!steering.by_core.empty()) return steering;
  }
  if (steering.selected.size() == members_.size() && !only_selected) steering.selected.clear();
  return steering;
}

void SocketGroup::steer(const Steering& steering) {
  steer_trouble_.clear();
  if ((steering_known_ && steering == applied_) || listener_.address.is_unix()) return;
  if (!can_be_steered(members_)) return;
  if (auto applied = apply_steering(members_.front().socket.fd.get(), steering); !applied) {
    steer_trouble_ = fmt::format("{}: {}", listener_.address.to_string(), applied.error().message);
    return;
  }
  applied_ = steering;
  steering_known_ = true;
}

bool SocketGroup::pending() const {
  if (wanted_ && !is_steered()) return true;
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
    // What is not wanted stays while what is cannot be had.
    return member.phase != Phase::kActive || (!is_wanted(member) && trouble_.empty());
  });
}

void SocketGroup::list(OwnSockets& sockets) const {
  for (const Member& member : members_) {
    struct stat status {};
    if (::fstat(member.socket.fd.get(), &status) != 0) continue;
    ListenClaim claim = claim_of(listener_);
    claim.address.set_port(bound().port());
    sockets.emplace(status.st_ino, OwnSocket{std::move(claim), listener_.address.to_string()});
  }
}

void SocketGroup::lend(const std::vector<WorkerStanding>& standings, std::uint32_t slot,
                       std::vector<std::vector<SocketLoan>>& loans) const {
  if (strange_) return;
  for (const Member& member : members_) {
    if (!member.committed || member.phase == Phase::kRevoked) continue;
    for (const unsigned worker : acceptors_of(member.owner, standings)) {
      grown(loans, worker).push_back({member.id, slot, member.socket.fd});
    }
  }
}

bool has_waiting(const SocketGroup& group) {
  std::vector<std::pair<std::uint64_t, int>> descriptors;
  group.list_descriptors(descriptors);
  return std::any_of(descriptors.begin(), descriptors.end(),
                     [](const auto& entry) { return has_waiting_connection(entry.second); });
}

}  // namespace demo
