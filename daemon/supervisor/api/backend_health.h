#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/backend.h"
#include "config/backend_news.h"
#include "config/config.h"

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
  kUnresolved,   // no address is known, or none has a place in the statistics
  kLoop,         // left out, since it leads back to its own pool
};

// What one worker keeps from an address for a while: requests, or connections between them.
struct Restraint {
  BackendNews news = BackendNews::kEjected;  // or kDistrusted
  unsigned worker = 0;                       // its index
  std::uint64_t failures = 0;                // in a row; of an ejection
  std::string reason;                        // the last of them, one clause: "it refused connections"
  std::chrono::system_clock::time_point since;
  std::chrono::milliseconds age{0};   // since then
  std::chrono::milliseconds time{0};  // in all
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
  // Of the workers; one that told its ejection a moment ago may be missing.
  std::vector<Restraint> restraints = {};
};

// What is made of it.
struct HealthJudgement {
  Health health = Health::kUnchecked;
  std::string text = "unchecked";  // "up", "down: status 500"
  bool usable = true;              // requests sent there have a chance
  std::uint64_t requests = 0;      // that failed in a row, or were refused, where the text says so
};

HealthJudgement judge_member(BackendState wanted, const MemberEvidence& evidence);
// Of all addresses of a backend together, in whatever order. Usable when one is; of those that are, or of all
// when none is, the state that asks most for a hand names that of the backend, and requests are added up.
// Pure, as judge_member().
// resolved: addresses are known, which none of the members has when all wait for a place in the statistics.
HealthJudgement judge_backend(const Backend& backend, const std::vector<HealthJudgement>& members,
                              bool resolved);

// Why an address of the backend gets no requests, one clause; the backend may be gone. Pure.
std::string why_out(const Config& config, std::string_view pool, std::string_view endpoint);

}  // namespace demo
