#include "worker/listener_set.h"

#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/limits.h"

namespace demo {

ListenerSet::ListenerSet(Loop& loop, Rooms& rooms, StatsPage& stats)
    : loop_(loop), rooms_(rooms), stats_(stats), budget_(0), throttle_(loop, budget_, stats.worker) {}

ListenerSet::~ListenerSet() = default;

std::vector<std::string> ListenerSet::apply(const Snapshot& snapshot, std::vector<SocketGrant> sockets) {
  std::vector<std::string> problems;
  budget_.set_limit(connection_limit(snapshot));
  forget_finished();
  apply_listeners(snapshot);

  std::set<std::uint64_t> granted;
  for (SocketGrant& socket : sockets) {
    granted.insert(socket.id);
    if (acceptors_.contains(socket.id)) continue;
    ListenerHandle* listener = find(socket.listener_slot);
    if (listener == nullptr) {
      problems.push_back(fmt::format("socket {} belongs to no listener of the snapshot", socket.id));
      continue;
    }
    auto acceptor = std::make_unique<Acceptor>(loop_, throttle_, *listener, socket.id, std::move(socket.fd),
                                               listener->spec.accept_mode == AcceptMode::kExclusive);
    if (const Status watched = acceptor->resume(); !watched) {
      problems.push_back(fmt::format("{}: {}", listener->spec.address.to_string(), watched.error().message));
    }
    acceptors_.emplace(socket.id, std::move(acceptor));
  }
  for (auto& [id, acceptor] : acceptors_) {
    if (!granted.contains(id)) acceptor->empty_queue();
  }
  std::erase_if(acceptors_, [&granted](const auto& entry) { return !granted.contains(entry.first); });
  remove_missing(snapshot);
  return problems;
}

void ListenerSet::apply_listeners(const Snapshot& snapshot) {
  for (const SnapshotListener& spec : snapshot.listeners) {
    ListenerHandle* handle = find(spec.slot);
    if (handle != nullptr && !(handle->spec.address == spec.address)) {
      // The slot has a new owner.
      const auto old = std::find_if(handles_.begin(), handles_.end(),
                                    [handle](const ListenerHandle& each) { return &each == handle; });
      old->removed = true;
      leaving_.splice(leaving_.end(), handles_, old);
      rooms_.leave(*handle);
      handle = nullptr;
    }
    if (handle == nullptr) {
      handle = &handles_.emplace_back(spec, stats_.listeners[spec.slot], stats_.worker, budget_);
    }
    handle->spec = spec;
    ConnectionTaker* before = std::exchange(handle->taker, &rooms_.taker_for(spec));
    if (before != nullptr && before != handle->taker) rooms_.leave(*handle);
  }
}

ListenerHandle* ListenerSet::find(std::uint32_t slot) {
  for (ListenerHandle& handle : handles_) {
    if (handle.spec.slot == slot) return &handle;
  }
  return nullptr;
}

// Sockets first, listeners second: what the queue of a vanished listener held was accepted and is answered.
void ListenerSet::remove_missing(const Snapshot& snapshot) {
  for (auto handle = handles_.begin(); handle != handles_.end();) {
    const auto current = handle++;
    const bool there =
        std::any_of(snapshot.listeners.begin(), snapshot.listeners.end(),
                    [&](const SnapshotListener& spec) { return spec.slot == current->spec.slot; });
    if (there) continue;
    current->removed = true;
    leaving_.splice(leaving_.end(), handles_, current);
    rooms_.leave(*current);
  }
}

void ListenerSet::forget_finished() {
  leaving_.remove_if([](const ListenerHandle& handle) { return handle.connections() == 0; });
}

void ListenerSet::stop_accepting() {
  for (auto& [id, acceptor] : acceptors_) acceptor->empty_queue();
  acceptors_.clear();
}

std::uint64_t ListenerSet::connection_limit(const Snapshot& snapshot) const {
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  const std::uint64_t usable = descriptors.rlim_cur > 2 * limits::kReservedDescriptors
                                   ? descriptors.rlim_cur - limits::kReservedDescriptors
                                   : descriptors.rlim_cur / 2;
  // A proxied connection takes a second descriptor for its backend.
  const std::uint64_t by_descriptors = snapshot.pools.empty() ? usable : usable / 2;
  return snapshot.max_connections == 0 ? by_descriptors : std::min(snapshot.max_connections, by_descriptors);
}

}  // namespace demo
