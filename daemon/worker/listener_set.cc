#include "worker/listener_set.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/counted.h"
#include "base/descriptor_budget.h"
#include "base/descriptor_shortage.h"
#include "base/grown.h"
#include "base/limits.h"

namespace demo {

ListenerSet::ListenerSet(Loop& loop, Modes& modes, StatsPage& stats, Quota& quota)
    : loop_(loop),
      modes_(modes),
      stats_(stats),
      budget_(0, &quota),
      throttle_(loop, budget_, stats.worker),
      acceptor_places_(loop) {}

ListenerSet::~ListenerSet() {
  for (const auto& [id, acceptor] : acceptors_) acceptor_places_.retire(*acceptor);
}

void ListenerSet::apply_listeners(const Snapshot& snapshot) {
  forwards_ = !snapshot.pools.empty();
  budget_.share(snapshot.max_connections != 0);
  forget_left();
  moved_.clear();
  remove_missing(snapshot);
  for (const SnapshotListener& spec : snapshot.listeners) {
    ListenerHandle* handle = find(spec.slot);
    if (handle == nullptr) {
      handle = &handles_.emplace_back(spec, stats_.listeners[spec.slot], stats_.worker, budget_);
      grown(by_slot_, spec.slot) = handle;
    }
    handle->spec = spec;
    handle->entrance = modes_.entrance_for(spec);
    ConnectionTaker* const before = std::exchange(handle->taker, &modes_.taker_for(spec));
    const bool was_removed = std::exchange(handle->removed, spec.leaving);
    const bool moved = before != nullptr && before != handle->taker;
    if (moved || (handle->removed && !was_removed)) moved_.insert(handle);
  }
}

// A slot with another address has a new owner: the old one is gone.
void ListenerSet::remove_missing(const Snapshot& snapshot) {
  std::vector<const SnapshotListener*> next;  // by slot
  for (const SnapshotListener& spec : snapshot.listeners) grown(next, spec.slot) = &spec;
  for (auto handle = handles_.begin(); handle != handles_.end();) {
    const auto current = handle++;
    const std::uint32_t slot = current->spec.slot;
    const SnapshotListener* const spec = slot < next.size() ? next[slot] : nullptr;
    if (spec != nullptr && spec->address == current->spec.address) continue;
    by_slot_[slot] = nullptr;
    current->removed = true;
    moved_.insert(&*current);
    leaving_.splice(leaving_.end(), handles_, current);
  }
}

std::vector<std::string> ListenerSet::apply_sockets(std::vector<SocketGrant> sockets) {
  std::vector<std::string> problems;
  if (std::string few = budget_descriptors(sockets.size()); !few.empty()) problems.push_back(std::move(few));
  std::set<std::uint64_t> granted;
  for (SocketGrant& socket : sockets) {
    granted.insert(socket.id);
    if (acceptors_.contains(socket.id)) continue;
    if (!socket.fd) {
      problems.push_back(fmt::format("socket {} is said to be here and is not", socket.id));
      continue;
    }
    ListenerHandle* listener = find(socket.listener_slot);
    if (listener == nullptr) {
      problems.push_back(fmt::format("socket {} belongs to no listener of the snapshot", socket.id));
      continue;
    }
    Acceptor& acceptor = acceptor_places_.create(loop_, throttle_, *listener, socket.id, socket.fd.take(),
                                                 listener->spec.accept_mode == AcceptMode::kExclusive);
    if (const Status watched = acceptor.resume(); !watched) {
      problems.push_back(fmt::format("{}: {}", listener->spec.address.to_string(), watched.error().message));
    }
    acceptors_.emplace(socket.id, &acceptor);
  }
  give_up([&granted](std::uint64_t id) { return !granted.contains(id); });
  if (!moved_.empty()) modes_.leave(moved_);
  moved_.clear();
  return problems;
}

// What the queue of a socket that goes holds was promised a connection: it is accepted and answered.
template <typename Condition>
void ListenerSet::give_up(Condition goes) {
  std::erase_if(acceptors_, [this, goes](const auto& entry) {
    if (!goes(entry.first)) return false;
    entry.second->empty_queue();
    acceptor_places_.retire(*entry.second);
    return true;
  });
}

// A socket of the listener before may be granted still when its slot has another one.
void ListenerSet::forget_left() {
  if (leaving_.empty()) return;
  std::set<const ListenerHandle*> accepted;
  for (const auto& [id, acceptor] : acceptors_) accepted.insert(&acceptor->listener());
  leaving_.remove_if([&accepted](const ListenerHandle& handle) {
    return handle.connections() == 0 && !accepted.contains(&handle);
  });
}

ListenerHandle* ListenerSet::find(std::uint32_t slot) {
  return slot < by_slot_.size() ? by_slot_[slot] : nullptr;
}

void ListenerSet::stop_accepting() {
  give_up([](std::uint64_t) { return true; });
}

// One connection at least is tried for: the throttle tells when there is no descriptor.
std::string ListenerSet::budget_descriptors(std::size_t sockets) {
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  const DescriptorBudget own{descriptors.rlim_cur, forwards_};
  budget_.set_limit(std::max<std::uint64_t>(own.connections(handles_.size(), sockets), 1));
  const std::uint64_t room = own.connections(handles_.size());
  if (room >= limits::kLeastConnections) return {};
  return fmt::format("{} take {} of {} descriptors, which leaves room for {}: {} or remove listeners",
                     counted(handles_.size(), "listener"), 2 * handles_.size(), descriptors.rlim_cur,
                     counted(room, "connection"), kRaiseDescriptorLimit);
}

}  // namespace demo
