#pragma once

#include <cstdint>

#include "proxy/members/tried_members.h"

namespace demo {

class BackendConnection;

// How a user wants its connection, in the queue as elsewhere.
struct Wish {
  bool tried_before(const Member& member) const { return tried != nullptr && tried->has(member); }
  // It is not taken although there are no others.
  bool rules_out(const Member& member) const {
    return tried != nullptr && (others_only ? tried->has(member) : tried->was_silent(member));
  }
  // It is no challenger although there are no others.
  bool out_of_race(const Member& member) const {
    return rules_out(member) || (tried != nullptr && tried->failed_in_this_attempt(member));
  }

  std::uint64_t hash = 0;               // of what the policy goes by
  const TriedMembers* tried = nullptr;  // the user's own; avoided while there are others. Null: none
  bool fresh = false;                   // no pooled connection (tcp mode; after one turned out to be dead)
  bool others_only = false;             // tried ones are avoided even when there are no others
  BackendConnection* beside = nullptr;  // it waits in the queue for a rival of this one. Null: it does not
  bool queued = false;                  // it waits in the queue: nobody of this worker comes before it
};

}  // namespace demo
