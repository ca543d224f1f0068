#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/snapshot.h"
#include "quota/quota_keeper.h"

namespace demo {

// What is known of a listener beyond its configuration.
struct BoundListener {
  std::uint32_t slot = 0;
  Address bound;
  AcceptMode accept_mode = AcceptMode::kReuseport;  // in force
};

// One address of a backend and what is known of it.
struct ResolvedAddress {
  std::uint32_t slot = 0;
  Address address;
  bool up = true;    // by active checks
  bool cut = false;  // MemberFacts::cut
};

// What a snapshot needs beside the configuration.
struct SnapshotFacts {
  std::uint64_t generation = 0;
  std::string loop_name;  // Snapshot::loop_name
  // None for a listener without sockets: it is left out.
  std::function<std::optional<BoundListener>(const Listener&)> listener;
  // Listeners that the configuration has no more; one whose address it has again is left out.
  std::vector<std::pair<Listener, BoundListener>> leaving;
  std::function<std::vector<ResolvedAddress>(const Pool&, const Backend&)> members;
};

// The snapshot that all workers get, but for MemberRises. Pure.
Snapshot build_snapshot(const Config& config, const SnapshotFacts& facts);

// What of it counts for all workers together. Pure.
QuotaKeeper::Limits shared_limits(const Snapshot& snapshot);

}  // namespace demo
