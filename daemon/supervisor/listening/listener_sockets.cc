#include "supervisor/listening/listener_sockets.h"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <utility>

#include "base/fnv_hash.h"
#include "supervisor/listening/address_presence.h"
#include "supervisor/listening/admission.h"
#include "supervisor/listening/socket_options.h"

namespace demo {
namespace {

// The same for addresses of which one may be the place of the other, and nearly always another one for
// others.
std::uint64_t place_digest(const Address& address) {
  return address.is_unix() ? fnv_hash(file_name_of(address)) : address.digest();
}

}  // namespace

ListenerSockets::Key ListenerSockets::key_of(const Listener& listener) const {
  // What else there is about these was settled when they were made.
  if (passed_.any_of(listener)) {
    return fmt::format("{}%{}%passed", listener.address.to_string(), listener.kernel.interface);
  }
  const auto interface = interfaces_.find(listener.kernel.interface);
  return fmt::format("{}%{}%{}%{}", listener.address.to_string(), listener.kernel.interface,
                     interface == interfaces_.end() ? 0U : interface->second,
                     effective_v6only(listener).value_or(false));
}

void ListenerSockets::note_place(const Key& key) {
  const SocketGroup& group = *groups_.at(key);
  survey_.keys.emplace(place_digest(group.bound()), key);
  if (survey_.own) group.list(*survey_.own);
}

bool ListenerSockets::have_path(const Address& address) const {
  const auto [begin, end] = survey_.keys.equal_range(place_digest(address));
  return std::any_of(begin, end, [&](const auto& entry) {
    const SocketGroup& group = *groups_.at(entry.second);
    return group.has_path() && is_same_place(group.listener().address, address);
  });
}

const OwnSockets& ListenerSockets::own_sockets() {
  if (!survey_.own) {
    OwnSockets& sockets = survey_.own.emplace();
    for (const auto& [key, group] : groups_) group->list(sockets);
    for (const auto& [key, group] : leaving_) group->list(sockets);
    passed_.list(sockets);
  }
  return *survey_.own;
}

const ListeningCensus& ListenerSockets::all_sockets() {
  if (!survey_.all) survey_.all.emplace(diagnosis_);
  return *survey_.all;
}

SocketGroup& ListenerSockets::make_group(const Listener& listener) {
  const Key key = key_of(listener);
  // Steering counts the sockets of a group, and those that leave are no part of it; the kernel counts what a
  // worker holds as well.
  for (auto [entry, end] = leaving_.equal_range(key); entry != end;) {
    const auto current = entry++;
    if (!current->second->is_in_the_way()) continue;
    current->second->end();
    leaving_.erase(current);
    ++version_;
  }
  return *groups_.emplace(key, std::make_unique<SocketGroup>(listener, handshakes_)).first->second;
}

Status ListenerSockets::prepare(const Config& next, const std::vector<WorkerPlace>& workers,
                                Patience patience) {
  prepared_.clear();
  for (const Listener& listener : next.listeners) {
    const std::string& interface = listener.kernel.interface;
    if (!interface.empty()) interfaces_.try_emplace(interface, ::if_nametoindex(interface.c_str()));
    prepared_.insert(key_of(listener));
  }
  survey_ = {};
  for (const auto& [key, group] : groups_) note_place(key);
  Status prepared;
  for (const Listener& listener : next.listeners) {
    const AcceptMode mode = listener.accept_mode.value_or(next.accept_mode);
    const Key key = key_of(listener);
    const auto group = groups_.find(key);
    const bool is_new = group == groups_.end();
    const std::size_t sockets = is_new ? 0 : group->second->size();
    prepared = prepare_one(listener, mode, workers, patience);
    if (!prepared) break;
    if (is_new || group->second->size() != sockets) note_place(key);
  }
  survey_ = {};
  if (!prepared) rollback();
  return prepared;
}

// Two names of one unix path would take it from each other, two sockets of one address and port share its
// connections: that of port 0 may be the port of another listener.
Status ListenerSockets::reject_double(const Listener& listener) const {
  const Key own_key = key_of(listener);
  const Address& address = listener.address;
  const auto [begin, end] = survey_.keys.equal_range(place_digest(address));
  for (auto entry = begin; entry != end; ++entry) {
    const Key& key = entry->second;
    if (key == own_key || !prepared_.contains(key)) continue;
    const SocketGroup& group = *groups_.at(key);
    const bool same = address.is_unix() ? group.bound().is_unix() && is_same_place(group.bound(), address)
                                        : group.bound() == address &&
                                              group.listener().kernel.interface == listener.kernel.interface;
    if (!same) continue;
    const std::string text = listener.address.to_string();
    return Error{ErrorCode::kAlreadyExists,
                 fmt::format("cannot listen on {}: this daemon's own listener {} has it", text,
                             group.listener().address.to_string()),
                 "listener.address", text};
  }
  return {};
}

Status ListenerSockets::prepare_one(const Listener& listener, AcceptMode mode,
                                    const std::vector<WorkerPlace>& workers, Patience patience) {
  auto opened = open_one(listener, mode, workers);
  if (opened) return opened;
  const auto group = groups_.find(key_of(listener));
  const bool was_there = group != groups_.end() && !group->second->removed();
  const bool in_trouble = was_there && !group->second->trouble().empty();
  const bool may_wait = (was_there || patience == Patience::kStart) && !check_presence(listener);
  if (patience != Patience::kAll && !in_trouble && !may_wait) return opened;
  SocketGroup& target = group == groups_.end() ? make_group(listener) : *group->second;
  target.wait(listener, mode, workers, opened.error().message);
  return {};
}

Status ListenerSockets::open_one(const Listener& listener, AcceptMode mode,
                                 const std::vector<WorkerPlace>& workers) {
  auto group = groups_.find(key_of(listener));
  if (auto other = reject_double(listener); !other) return other;
  if (std::vector<PassedSocket> passed = passed_.of(listener); !passed.empty()) {
    SocketGroup& target = group == groups_.end() ? make_group(listener) : *group->second;
    target.use_passed(std::move(passed));
    return target.prepare(listener, mode, workers);
  }
  if (listener.address.is_unix()) {
    if (!have_path(listener.address)) {
      if (auto free = probe_address(listener); !free) return free;
    }
  } else if (group == groups_.end() && listener.address.port() != 0) {
    if (auto free = reject_foreign(listener, all_sockets().on(listener.address.port()), own_sockets()); !free)
      return free;
  }
  SocketGroup& target = group == groups_.end() ? make_group(listener) : *group->second;
  auto opened = target.prepare(listener, mode, workers);
  if (opened || opened.error().code != ErrorCode::kAlreadyExists || listener.address.is_unix()) return opened;
  return name_occupant(listener, own_sockets(), diagnosis_);
}

void ListenerSockets::rollback() {
  for (auto group = groups_.begin(); group != groups_.end();) {
    group->second->rollback();
    group = group->second->empty() && group->second->removed() ? groups_.erase(group) : std::next(group);
  }
  prepared_.clear();
}

void ListenerSockets::commit(const GroupClock& clock) {
  ++version_;
  given_up_.clear();
  // First of all, so that a path which goes to another listener is free.
  for (auto entry = groups_.begin(); entry != groups_.end();) {
    if (prepared_.contains(entry->first)) {
      ++entry;
      continue;
    }
    entry->second->remove(clock);
    const Address& address = entry->second->listener().address;
    if (!address.is_unix()) given_up_.insert(address.to_string());
    leaving_.emplace(entry->first, std::move(entry->second));
    entry = groups_.erase(entry);
  }
  for (auto& [key, group] : groups_) {
    group->commit(clock);
    if (!given_up_.empty()) given_up_.erase(group->listener().address.to_string());
  }
  hold_off_unused();
  if (takes_new()) return;
  for (const auto& [key, group] : groups_) demo::take_new(*group, false);
}

bool ListenerSockets::take_new(bool taken) {
  if (takes_new_ == taken) return false;
  for (const auto& [key, group] : groups_) demo::take_new(*group, taken);
  return std::exchange(takes_new_, taken).value_or(true) != taken;
}

bool ListenerSockets::look_around() {
  bool again = false;
  for (auto& [name, index] : interfaces_) {
    const unsigned now = ::if_nametoindex(name.c_str());
    if (now == 0 || now == index) continue;
    index = now;
    again = true;
  }
  PresenceLook presence;
  for (auto& [key, group] : groups_) again |= look_at(*group, presence);
  passed_.turn_away_strays();
  return again;
}

bool ListenerSockets::look_at(SocketGroup& group, PresenceLook& presence) {
  const Listener& listener = group.listener();
  if (const auto there = presence.check(listener); !there) {
    group.set_trouble(there.error().message);
    return false;
  }
  if (listener.address.is_unix() && !group.has_path()) {
    if (group.trouble().empty()) {
      group.set_trouble(fmt::format("nobody reaches {}: its file was removed", listener.address.to_string()));
    }
    // Another file would be another socket.
    return !group.has_passed();
  }
  return !group.trouble().empty();
}

bool ListenerSockets::settle(const GroupClock& clock) {
  bool changed = false;
  bool moved = false;
  const auto settle_all = [&](const auto& groups) {
    for (const auto& [key, group] : groups) {
      const std::uint64_t before = group->digest();
      changed |= group->settle(clock);
      moved |= group->digest() != before;
    }
  };
  settle_all(groups_);
  settle_all(leaving_);
  changed |= std::erase_if(leaving_, [](const auto& entry) { return entry.second->empty(); }) > 0;
  if (moved) ++version_;
  return changed;
}

bool ListenerSockets::pending() const {
  return !leaving_.empty() || std::any_of(groups_.begin(), groups_.end(),
                                          [](const auto& entry) { return entry.second->pending(); });
}

std::vector<std::vector<SocketLoan>> ListenerSockets::loans(
    const std::vector<WorkerStanding>& standings,
    const std::function<std::optional<std::uint32_t>(const Listener&)>& slot_of) const {
  std::vector<std::vector<SocketLoan>> loans;
  const auto lend = [&](const SocketGroup& group) {
    if (const auto slot = slot_of(group.listener())) group.lend(standings, *slot, loans);
  };
  for (const auto& [key, group] : groups_) lend(*group);
  for (const auto& [key, group] : leaving_) lend(*group);
  return loans;
}

std::vector<const SocketGroup*> ListenerSockets::leaving() const {
  std::vector<const SocketGroup*> groups;
  for (const auto& [key, group] : leaving_) groups.push_back(group.get());
  return groups;
}

std::set<std::string> ListenerSockets::held_still() const {
  std::set<std::string> held;
  for (const auto& [key, group] : leaving_) {
    const std::string address = group->listener().address.to_string();
    if (given_up_.contains(address)) held.insert(address);
  }
  return held;
}

const SocketGroup* ListenerSockets::find(const Listener& listener) const {
  const auto group = groups_.find(key_of(listener));
  return group == groups_.end() ? nullptr : group->second.get();
}

}  // namespace demo
