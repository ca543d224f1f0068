#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "config/config.h"
#include "config/field_form.h"

// What a worker is told: the configuration's own structs as they are in force, and beside them what only the
// supervisor knows.
namespace demo {

struct ListenerFacts {
  std::uint32_t slot = 0;  // index into the listener part of the stats page; stable while the listener lives
  bool leaving = false;    // removed: who had reached its sockets gets one answer
  bool operator==(const ListenerFacts&) const = default;
};

template <Is<ListenerFacts> S, typename Visit>
void for_each_field(S& facts, Visit& visit) {
  visit("slot", facts.slot, number_from(0, limits::kListeners - 1));
  visit("leaving", facts.leaving);
}

// A listener in force: its address as bound (port 0 is already replaced), its mode decided (never kAuto), its
// accept mode the one of its sockets. Those travel beside the snapshot, in the same order.
struct SnapshotListener : Listener, ListenerFacts {
  bool operator==(const SnapshotListener&) const = default;
};

template <Is<SnapshotListener> S, typename Visit>
void for_each_field(S& listener, Visit& visit) {
  for_each_field(part_of<Listener>(listener), visit);
  for_each_field(part_of<ListenerFacts>(listener), visit);
}

struct MemberFacts {
  std::uint32_t slot = 0;  // index into the backend part of the stats page; stable while the member lives
  bool usable = true;      // false: drain, maintenance, or down by active checks: no new request
  bool cut = false;  // a drain deadline passed: what is in flight here is ended, counted in forced_closes
  // Since when it starts slowly, monotonic ns; 0: it was there from the start of its pool, or is not usable.
  std::uint64_t usable_since_ns = 0;
  Address address;  // resolved
  bool operator==(const MemberFacts&) const = default;
};

template <Is<MemberFacts> S, typename Visit>
void for_each_field(S& facts, Visit& visit) {
  visit("slot", facts.slot, number_from(0, limits::kBackendMembers - 1));
  visit("resolved", facts.address);
  visit("usable", facts.usable);
  visit("usable_since_ns", facts.usable_since_ns);
  visit("cut", facts.cut);
}

// One resolved address of a backend.
struct SnapshotMember : Backend, MemberFacts {
  // The backend's text, for messages.
  const std::string& name() const { return endpoint.text; }
  bool operator==(const SnapshotMember&) const = default;
};

template <Is<SnapshotMember> S, typename Visit>
void for_each_field(S& member, Visit& visit) {
  for_each_field(part_of<Backend>(member), visit);
  for_each_field(part_of<MemberFacts>(member), visit);
}

// Its `backends` are empty: `members` says them, an address each.
struct SnapshotPool : Pool {
  std::vector<SnapshotMember> members;
  bool operator==(const SnapshotPool&) const = default;
};

template <Is<SnapshotPool> S, typename Visit>
void for_each_field(S& pool, Visit& visit) {
  for_each_field(part_of<Pool>(pool), visit);
  visit("members", pool.members);
}

// One immutable generation of everything a worker needs. Made by the supervisor, applied whole by each
// worker.
struct Snapshot : DaemonSettings {
  std::uint64_t generation = 0;
  // This daemon in CDN-Loop fields (RFC 8586): a token, the same in all its workers, another in each daemon.
  // Empty: heads are forwarded without the field.
  std::string loop_name;
  std::vector<SnapshotListener> listeners;
  std::vector<SnapshotPool> pools;
  bool operator==(const Snapshot&) const = default;
};

template <Is<Snapshot> S, typename Visit>
void for_each_field(S& snapshot, Visit& visit) {
  for_each_field(part_of<DaemonSettings>(snapshot), visit);
  visit("generation", snapshot.generation);
  visit("loop_name", snapshot.loop_name);
  visit("listeners", snapshot.listeners);
  visit("pools", snapshot.pools);
}

}  // namespace demo
