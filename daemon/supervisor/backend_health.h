#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/backend.h"

namespace demo {

// How a backend, or one address of it, is: what the operator wants, checks, ejections and real requests taken
// together. The one judgement that every view shows.
enum class Health : std::uint8_t {
  kUp,           // by active checks
  kUnchecked,    // taken for up: there are no checks, or none has ended yet
  kDown,         // by active checks
  kEjected,      // some or all workers keep requests from it for a while
  kFailing,      // taken for up, yet every request fails (FailureWatch)
  kFull,         // taken for up, and at its limit: requests are refused for it
  kDraining,     // as the operator wants
  kMaintenance,  // as the operator wants
  kUnresolved,   // no address is known
  kLoop,         // left out, since it leads back to its own pool
};

// What is known of one address.
struct MemberEvidence {
  bool checked = false;  // active checks have said something
  bool up = true;        // by active checks
  std::string reason;    // of the last change by checks
  unsigned ejected = 0;  // workers that hold it ejected
  unsigned workers = 1;
  bool loops = false;  // it is a listener of this daemon that forwards to the same pool
  bool failing = false;
  std::uint64_t failures = 0;  // while failing: since the last success
  std::uint64_t refused = 0;   // at its limit, within the last ten seconds
};

// What is made of it.
struct HealthJudgement {
  Health health = Health::kUnchecked;
  std::string text = "unchecked";  // "up", "down: status 500", "ejected (1 of 2 workers)"
  bool usable = true;              // requests sent there have a chance
};

HealthJudgement judge_member(BackendState wanted, const MemberEvidence& evidence);
// Of all addresses of a backend together: usable when one is, and the best one names its state. Pure, as
// judge_member().
HealthJudgement judge_backend(const Backend& backend, const std::vector<HealthJudgement>& members);

}  // namespace demo
