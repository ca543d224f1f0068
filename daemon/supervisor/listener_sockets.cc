#include "supervisor/listener_sockets.h"

#include <fmt/format.h>

#include <algorithm>

#include "supervisor/socket_options.h"

namespace demo {

ListenerSockets::Key ListenerSockets::key_of(const Listener& listener) {
  return fmt::format("{}%{}%{}", listener.address.to_string(), listener.kernel.interface,
                     effective_v6only(listener).value_or(false));
}

bool ListenerSockets::have_path(const Address& address) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const auto& entry) {
    return entry.second->has_path() && is_same_place(entry.second->listener().address, address);
  });
}

OwnSockets ListenerSockets::own_sockets() const {
  OwnSockets sockets;
  for (const auto& [key, group] : groups_) group->list(sockets);
  return sockets;
}

Status ListenerSockets::prepare(const Config& next, const std::vector<WorkerPlace>& workers) {
  prepared_.clear();
  for (const Listener& listener : next.listeners) {
    prepared_.push_back(key_of(listener));
    const AcceptMode mode = listener.accept_mode.value_or(next.accept_mode);
    if (auto opened = prepare_one(listener, mode, workers); !opened) {
      rollback();
      return opened;
    }
  }
  return {};
}

// Two names of one unix path would take it from each other.
Status ListenerSockets::reject_second_spelling(const Listener& listener) const {
  if (!listener.address.is_unix()) return {};
  for (const Key& key : prepared_) {
    const auto other = groups_.find(key);
    if (other == groups_.end() || key == key_of(listener)) continue;
    const Address& address = other->second->listener().address;
    if (!address.is_unix() || !is_same_place(address, listener.address)) continue;
    const std::string text = listener.address.to_string();
    return Error{ErrorCode::kAlreadyExists,
                 fmt::format("cannot listen on {}: it is the same file as that of this daemon's listener {}",
                             text, address.to_string()),
                 "listener.address", text};
  }
  return {};
}

Status ListenerSockets::prepare_one(const Listener& listener, AcceptMode mode,
                                    const std::vector<WorkerPlace>& workers) {
  auto group = groups_.find(prepared_.back());
  if (listener.address.is_unix()) {
    if (!have_path(listener.address)) {
      if (auto free = probe_address(listener); !free) return free;
    }
  } else if (group == groups_.end() && listener.address.port() != 0) {
    if (auto free = reject_foreign(listener, own_sockets()); !free) return free;
  }
  if (group == groups_.end()) {
    group = groups_.emplace(prepared_.back(), std::make_unique<SocketGroup>(listener)).first;
  }
  auto opened = group->second->prepare(listener, mode, workers);
  if (opened || opened.error().code != ErrorCode::kAlreadyExists || listener.address.is_unix()) return opened;
  return name_occupant(listener, own_sockets());
}

void ListenerSockets::rollback() {
  for (auto group = groups_.begin(); group != groups_.end();) {
    group->second->rollback();
    group = group->second->empty() ? groups_.erase(group) : std::next(group);
  }
  prepared_.clear();
}

void ListenerSockets::commit(const GroupClock& clock) {
  const auto is_prepared = [this](const Key& key) {
    return std::find(prepared_.begin(), prepared_.end(), key) != prepared_.end();
  };
  // A path that goes to another listener is free by then.
  for (auto& [key, group] : groups_) {
    if (!is_prepared(key) && !group->removed()) group->remove();
  }
  for (auto& [key, group] : groups_) {
    if (is_prepared(key)) group->commit(clock);
  }
}

bool ListenerSockets::settle(const GroupClock& clock) {
  bool changed = false;
  for (auto group = groups_.begin(); group != groups_.end();) {
    changed |= group->second->settle(clock);
    group = group->second->empty() ? groups_.erase(group) : std::next(group);
  }
  return changed;
}

bool ListenerSockets::pending() const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [](const auto& entry) { return entry.second->pending(); });
}

std::vector<std::vector<SocketLoan>> ListenerSockets::loans(
    const std::vector<WorkerStanding>& standings,
    const std::function<std::uint32_t(const Listener&)>& slot_of) const {
  std::vector<std::vector<SocketLoan>> loans;
  for (const auto& [key, group] : groups_) {
    if (!group->removed()) group->lend(standings, slot_of(group->listener()), loans);
  }
  return loans;
}

const SocketGroup* ListenerSockets::find(const Listener& listener) const {
  const auto group = groups_.find(key_of(listener));
  return group == groups_.end() ? nullptr : group->second.get();
}

}  // namespace demo
